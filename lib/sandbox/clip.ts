import "server-only";
import type { Model } from "@/lib/models/schema";
import { durationOf } from "@/lib/sandbox/cost";
import { FRAMES_PER_SECOND, writeFilm } from "@/lib/sandbox/film";
import { decodePicture, toPlanes } from "@/lib/sandbox/picture";
import { frameSize } from "@/lib/sandbox/policy";
import { pad } from "@/lib/sandbox/sound";

export type ClipRequest = {
  model: Model;
  input: Record<string, unknown>;
  /** Resolves a reference to a stored picture; other texts come back as they are. */
  readFile: (text: string) => Promise<string>;
};

export type Clip = { bytes: Uint8Array; width: number; height: number; seconds: number };

/** Draws the clip for a task's input. The same input gives the same clip. */
export async function renderClip({ model, input }: ClipRequest): Promise<Clip> {
  const { width, height } = frameSize(model, input, null);
  const seconds = durationOf(model, input);
  const frames = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#131c2e"/><stop offset="1" stop-color="#e08a4a"/></linearGradient></defs><rect width="640" height="360" fill="url(#g)"/><circle cx="320" cy="200" r="60" fill="#ffe0b0"/><rect y="250" width="640" height="110" fill="#10161f"/></svg>`;
  const planes = toPlanes(await decodePicture(Buffer.from(svg), width, height));
  const bytes = await writeFilm({
    width,
    height,
    qp: 24,
    sound: input.audio === false || input.generate_audio === false ? null : pad(seconds, 3),
    stretches: [
      {
        kind: "move",
        frames,
        still: () => planes,
        moveAt: (share) => (column, row, move) => {
          move.from = "both";
          const z = 1 - 0.05 * share;
          move.beforeX = Math.round((column * 16 + 8 - width / 2) * (z - 1) * 4);
          move.beforeY = Math.round((row * 16 + 8 - height / 2) * (z - 1) * 4);
          move.afterX = move.beforeX;
          move.afterY = move.beforeY;
        },
      },
    ],
  });
  return { bytes, width, height, seconds };
}
