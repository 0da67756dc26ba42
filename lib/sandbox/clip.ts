import "server-only";
import { readFile } from "node:fs/promises";
import { filesOf } from "@/lib/models/request";
import { promptField } from "@/lib/models/rules";
import { fieldOrder, hintsOf, isFileField, type Model, propertiesOf } from "@/lib/models/schema";
import { createMoves, look, type View } from "@/lib/sandbox/camera";
import { durationOf } from "@/lib/sandbox/cost";
import { createPause, FRAMES_PER_SECOND, type Stretch, writeFilm } from "@/lib/sandbox/film";
import type { Planes } from "@/lib/sandbox/intra";
import { drawCaption, drawMark, place } from "@/lib/sandbox/labels";
import { cropScene, decodePicture, mix, toPlanes } from "@/lib/sandbox/picture";
import { frameSize } from "@/lib/sandbox/policy";
import { loadReference, type Reference } from "@/lib/sandbox/references";
import { chooseScene, type Scene, sceneFile } from "@/lib/sandbox/scenes";
import { pad } from "@/lib/sandbox/sound";

export type ClipRequest = {
  model: Model;
  input: Record<string, unknown>;
  /** Resolves a reference to a stored picture; other texts come back as they are. */
  readFile: (text: string) => Promise<string>;
};

export type Clip = { bytes: Uint8Array; width: number; height: number; seconds: number };

/** What is the same for every kind of clip. `caption` null leaves the picture bare but for the mark. */
export type Shot = {
  width: number;
  height: number;
  seconds: number;
  sound: Float32Array | null;
  caption: { prompt: string; settings: string } | null;
};

const QUANTISER = 22;
/** A clip made from pictures shows them bare at both ends for a quarter of a second. */
const BARE_S = 0.25;
const PUSH_PER_SECOND = 0.011;
const PUSH_MAX = 0.09;
const SWELL_S = 5;
const NO_LIGHT: View = { focus: [0.5, 0.5], zoom: () => 1, swell: () => 0, light: null };

const framesOf = (seconds: number) => Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));

/** The labels of a shot, and how they are laid into a still. */
async function dress({ width, height, caption }: Shot) {
  const labels = [await drawMark({ width, height })];
  if (caption) labels.push(await drawCaption({ width, height }, caption.prompt, caption.settings));
  const lay = (planes: Planes) => {
    for (const label of labels) place(label, planes);
    return planes;
  };
  return { labels, lay };
}

/** A drawn scene, alive: the camera moves, what can stir stirs, the light swells. */
export async function filmScene(scene: Scene, variant: number, shot: Shot): Promise<Uint8Array> {
  const { width, height, seconds } = shot;
  const pause = createPause();
  const push = Math.min(PUSH_MAX, 0.02 + seconds * PUSH_PER_SECOND);
  const crop = await cropScene(await readFile(sceneFile(scene)), scene, variant, { width, height, zoom: 1 + push });
  const source = await toPlanes(crop.picture, pause);
  const swells = Math.max(1, Math.round(seconds / SWELL_S));
  const goesIn = variant % 4 !== 3;
  const view: View = {
    focus: crop.toFrame(scene.focus),
    // In and back, or out and back, so that a clip on repeat has no jump.
    zoom: (share) => 1 + push * (0.5 - (goesIn ? 0.5 : -0.5) * Math.cos(2 * Math.PI * share)),
    swell: (share) => 0.5 - 0.5 * Math.cos(2 * Math.PI * swells * share),
    light: { ...scene.light, at: crop.toFrame(scene.light.at), reach: scene.light.reach * crop.scale },
  };
  const side = crop.isMirrored ? -1 : 1;
  const drifts = scene.stirs.map((stir) => ({
    kind: stir.kind,
    at: crop.toFrame(stir.at),
    reach: crop.sizeToFrame(stir.reach),
    x: stir.x * side * crop.scale * height,
    y: stir.y * crop.scale * height,
  }));
  const { labels, lay } = await dress(shot);
  const moveAt = createMoves({ width, height, view, drifts, labels, seconds });
  const still = async (share: number) => lay(await look(source, 1 + push, { width, height }, view, share, pause));
  return writeFilm({ ...shot, qp: QUANTISER, stretches: [{ kind: "move", frames: framesOf(seconds), still, moveAt }] });
}

/** Reference pictures: the first bare, then with labels on the way to the last (one picture: closer and back), then bare. */
export async function filmPictures(pictures: Reference[], shot: Shot): Promise<Uint8Array> {
  const { width, height, seconds } = shot;
  const pause = createPause();
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (!first || !last) throw new Error("There is no picture to film");
  const bare = async ({ bytes }: Reference) => toPlanes(await decodePicture(bytes, width, height), pause);
  const [begin, end] = [await bare(first), await bare(last)];
  const total = framesOf(seconds);
  const held = Math.min(Math.round(BARE_S * FRAMES_PER_SECOND), Math.floor(total / 4));
  const frames = total - 2 * held;
  const { labels, lay } = await dress(shot);
  const isPair = pictures.length > 1;
  const push = Math.min(PUSH_MAX, 0.02 + seconds * PUSH_PER_SECOND);
  const view: View = isPair ? NO_LIGHT : { ...NO_LIGHT, zoom: (share) => 1 + push * Math.sin(Math.PI * share) };
  const moveAt = createMoves({ width, height, view, drifts: [], labels, seconds });
  const large = isPair
    ? null
    : await toPlanes(
        await decodePicture(first.bytes, Math.round(width * (1 + push)), Math.round(height * (1 + push))),
        pause,
      );
  const still = async (share: number) => {
    const seen = large
      ? await look(large, 1 + push, { width, height }, view, share, pause)
      : await mix(begin, end, share, pause);
    return lay(seen);
  };
  const stretches: Stretch[] = [
    { kind: "hold", frames: held, still: () => begin },
    { kind: "move", frames, still, moveAt },
    { kind: "hold", frames: held, still: () => end },
  ];
  return writeFilm({ ...shot, qp: QUANTISER, stretches: stretches.filter((stretch) => stretch.frames > 0) });
}

/** The settings as they were sent, short: "720p · 16:9 · 5 s · seed 42". Files and long texts are seen elsewhere. */
function settingsLine(model: Model, input: Record<string, unknown>, pictures: number): string {
  const fields = propertiesOf(model.inputSchema, model.inputSchema);
  const parts: string[] = [];
  for (const name of fieldOrder(model.inputSchema)) {
    const field = fields[name] ?? {};
    const value = input[name] ?? field.default;
    if (isFileField(field) || hintsOf(field).widget === "textarea" || name === promptField(model)) continue;
    if (pictures > 0 && input[name] === undefined && /ratio|size/.test(name)) continue;
    if (name === "duration" && typeof value === "number") parts.push(`${durationOf(model, input)} s`);
    else if (typeof value === "boolean") parts.push(`${name.replace(/^generate_/, "")} ${value ? "on" : "off"}`);
    else if (typeof value === "number") parts.push(`${name} ${value}`);
    else if (typeof value === "string" && value.length <= 24) parts.push(value);
  }
  return parts.join(" · ");
}

/** Draws the clip for a task's input. The same input gives the same clip. @throws when a stored picture is gone. */
export async function renderClip({ model, input, readFile: readReference }: ClipRequest): Promise<Clip> {
  const texts = await Promise.all(filesOf(model, input).map(({ value }) => readReference(value)));
  const pictures = await Promise.all(texts.map(loadReference));
  const { width, height } = frameSize(model, input, pictures[0]?.ratio ?? null);
  const seconds = durationOf(model, input);
  const field = promptField(model);
  const prompt = field && typeof input[field] === "string" ? (input[field] as string) : "";
  const { scene, variant } = chooseScene(prompt, input.seed);
  const isSilent = input.audio === false || input.generate_audio === false;
  const shot: Shot = {
    width,
    height,
    seconds,
    sound: isSilent ? null : await pad(seconds, variant, createPause()),
    caption: { prompt, settings: settingsLine(model, input, pictures.length) },
  };
  const bytes = pictures.length > 0 ? await filmPictures(pictures, shot) : await filmScene(scene, variant, shot);
  return { bytes, width, height, seconds };
}
