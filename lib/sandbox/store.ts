import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

const REFERENCE = "sandbox-file:";
const REFERENCES = new RegExp(`${REFERENCE}[0-9a-f]{64}`, "g");
const DATA_URI = /^data:[^,]*,/i;

/** The references to files in a stored input, each once. */
export const referencesIn = (input: string): string[] => [...new Set(input.match(REFERENCES) ?? [])];

/** The sandbox's files under DATA_DIR: finished clips, and the pictures that came inside a submission. */
export type Store = ReturnType<typeof createStore>;

export function createStore(dataDir: string) {
  const folder = path.join(/* turbopackIgnore: true */ dataDir, "sandbox");
  const media = path.join(/* turbopackIgnore: true */ folder, "media");

  /** Written beside its place and moved there whole, so a reader or a crash never meets half a file. */
  async function put(file: string, bytes: Uint8Array): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID()}.part`;
    await writeFile(draft, bytes);
    await rename(draft, file);
  }

  async function shelve(value: unknown): Promise<unknown> {
    if (typeof value === "string" && DATA_URI.test(value)) {
      const name = createHash("sha256").update(value).digest("hex");
      await put(path.join(/* turbopackIgnore: true */ media, name), Buffer.from(value));
      return `${REFERENCE}${name}`;
    }
    if (Array.isArray(value)) return Promise.all(value.map(shelve));
    if (value !== null && typeof value === "object") {
      const entries = Object.entries(value).map(async ([key, item]) => [key, await shelve(item)] as const);
      return Object.fromEntries(await Promise.all(entries));
    }
    return value;
  }

  return {
    clipPath: (taskId: string) => path.join(/* turbopackIgnore: true */ folder, `${taskId}.mp4`),
    putClip: (taskId: string, bytes: Uint8Array) =>
      put(path.join(/* turbopackIgnore: true */ folder, `${taskId}.mp4`), bytes),

    /** The same input with every data URI replaced by a reference to a file, so that rows hold no media. */
    shelve: (input: Record<string, unknown>) => shelve(input) as Promise<Record<string, unknown>>,

    /** The data URI behind a reference; any other text as it is. @throws when the file is gone. */
    async unshelve(text: string): Promise<string> {
      const name = text.startsWith(REFERENCE) ? text.slice(REFERENCE.length) : "";
      return /^[0-9a-f]{64}$/.test(name) ? readFile(path.join(/* turbopackIgnore: true */ media, name), "utf8") : text;
    },

    removeClip: (taskId: string) => rm(path.join(/* turbopackIgnore: true */ folder, `${taskId}.mp4`), { force: true }),

    /** Removes the file behind a reference, unless it was written since `before`: then a new task is about to name it. */
    async removeReferenced(reference: string, before: number): Promise<void> {
      const file = path.join(/* turbopackIgnore: true */ media, reference.slice(REFERENCE.length));
      const found = await stat(file).catch(() => null);
      if (found && found.mtimeMs < before) await rm(file, { force: true });
    },
  };
}
