import sharp from "sharp";
import type { Generation } from "../../lib/generations/schema";
import type { Upload } from "../../lib/uploads/schema";
import { mp4 } from "../fixtures/media-files";
import type { Playground } from "../fixtures/server";
import { newVisitor, type Visitor } from "../fixtures/visitor";
import type { Random } from "./random";

const VISITORS = 6;
const MODEL = "viduq3-pro";
/** The least work for whoever renders. */
const SMALL = { duration: 1, resolution: "540p", audio: false };

/** What is really there, so that a request gets past the first check and the second. */
export type World = {
  cookies: string[];
  /** Of a visitor whose things may be gone at any time, with one of its clips. */
  doomed: { cookie: string; id: string };
  /** Of the parts of a path and the names in a query: what they may rightly hold. */
  values: Record<string, string[]>;
  bearers: string[];
  png: Buffer;
  press(random: Random): object;
};

/** No host that there is, however it is cut: nothing but this machine may ever be asked. */
export const NO_HOST = `https://${"z".repeat(24)}/${"z".repeat(8)}.png`;

async function settle(visitor: Visitor, id: string): Promise<Generation> {
  for (;;) {
    const generation = await visitor.generation(id);
    if (generation?.status === "succeeded") return generation;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Makes visitors with uploads and clips, one of them shared, and gives their names. */
export async function makeWorld(playground: Playground, random: Random, options: WorldOptions): Promise<World> {
  const colour = { r: 200, g: 120, b: 40 };
  const png = await sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
    .png()
    .toBuffer();
  const visitors = await Promise.all(
    Array.from({ length: VISITORS }, () => newVisitor(playground.url, { code: options.code })),
  );
  const ids: string[] = [];
  const shas: string[] = [];
  for (const visitor of visitors) {
    const upload = (await visitor.upload(png, "picture.png", "image/png")) as Upload;
    shas.push(upload.sha256);
    const id = random.uuid();
    const input = { ...SMALL, prompt: "A lighthouse at dusk.", image_urls: [`upload:${upload.sha256}`] };
    const pressed = await visitor.press({ id, model: MODEL, input });
    if (!pressed.ok) throw new Error(`A press was refused: ${pressed.error.code}`);
    ids.push(id);
    // With a limit of money one clip must have ended before its model has a price, and others may follow.
    if (ids.length === 1) await settle(visitor, id);
  }
  const first = visitors[0] as Visitor;
  // Refused where MindVideo could not be given it.
  const video = await first.upload(mp4(), "clip.mp4", "video/mp4");
  if ("sha256" in video) shas.push(video.sha256);
  const { taskId } = await settle(first, ids[0] as string);
  const shared = await first
    .call<{ ok: boolean; value: { token: string } }>("shareGeneration", ids[0], { pictures: true })
    .catch(() => null);
  const token = shared?.ok ? shared.value.token : "A".repeat(22);
  const now = Date.now();
  const lasting = ids.slice(0, -1);
  return {
    cookies: visitors.slice(0, -1).map((visitor) => visitor.cookie()),
    doomed: { cookie: visitors.at(-1)?.cookie() ?? "", id: ids.at(-1) ?? "" },
    values: {
      id: lasting,
      g: lasting,
      ids: [...lasting, lasting.join(",")],
      sha: [...shas, shas.join(",")],
      n: ["0", "1"],
      t: [token],
      sig: [token],
      path: ["tasks", `tasks/${taskId}`, `tasks/${taskId}/events`, `files/${taskId}.mp4`],
      url: [NO_HOST, "https://127.0.0.1:9/z.png"],
      before: [`${now}.${ids[0]}`, String(now)],
      model: [MODEL],
      like: [JSON.stringify({ model: MODEL, duration: 1 })],
      slug: ["file", MODEL],
      actionType: ["upload"],
      to: ["/"],
      code: [options.code ?? "0000"],
    },
    bearers: ["mv_sandbox", ...options.bearers],
    png,
    press: (chance) => ({
      id: chance.uuid(),
      model: MODEL,
      input: { ...SMALL, prompt: "A paper boat on a pond.", seed: chance.below(1_000) },
    }),
  };
}

export type WorldOptions = { code?: string; bearers: string[] };
