import "server-only";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { env } from "@/lib/env";
import { NOBODY } from "@/lib/generations/policy";
import { isUsedElsewhere, listRemembered, type Remembered } from "@/lib/sandbox/data";
import { deleteTask } from "@/lib/sandbox/mutations";
import { createStore, referencesIn, type Store } from "@/lib/sandbox/store";

const EVERY_MS = 10 * 60_000;
// Longer than a submission waits for its render, and than anybody watches a clip.
const YOUNG_MS = 60 * 60_000;
/** What the sandbox's files may have together. */
const KEPT_BYTES = 2 * 1024 ** 3;

// Longer than it takes from a picture to the row that names it, and shorter than a task is remembered at the least.
const FRESH_MS = YOUNG_MS / 2;
/** How often it is looked for what can be forgotten, and how many rows at a time. */
const FORGET_EVERY_MS = 60 * 60_000;
const PAGE = 500;
/** How long a submission is remembered that no generation here was made by, and one that was refused. */
const LOOSE_KEPT_MS = 24 * 60 * 60_000;

let sweptAt = 0;
let forgotAt = 0;

/**
 * Forgets what nobody needs, and removes the oldest of the sandbox's files when they have become too many; says how many those
 * were. Whoever asks for such a clip has it drawn again, or finds that its link has expired, as links at MindVideo do; what
 * visitors keep lies in the vault.
 */
export async function sweepSandbox(now: number): Promise<number> {
  if (now - sweptAt < EVERY_MS) return 0;
  sweptAt = now;
  let removed = 0;
  if (now - forgotAt >= FORGET_EVERY_MS) {
    forgotAt = now;
    removed = await forgetTasks(createStore(env().dataDir), now);
  }
  const folder = path.join(/* turbopackIgnore: true */ env().dataDir, "sandbox");
  return removed + (await removeOldest(folder, KEPT_BYTES, now - YOUNG_MS));
}

/**
 * Forgets tasks, their clips and their pictures, and says how many: those whose generation its owner has deleted, an hour after they
 * were made; those that came over HTTP and not from a press here, and refusals, after a day. A task whose generation is still
 * there is kept with it: when our copy was dropped or never made, its clip is drawn from it again.
 */
export async function forgetTasks(store: Store, now: number): Promise<number> {
  let forgotten = 0;
  let page: Remembered[];
  let after = "";
  do {
    page = await listRemembered(after, PAGE);
    after = page.at(-1)?.id ?? after;
    for (const task of page) {
      if (!isOver(task, now)) continue;
      await forget(task, store, now);
      forgotten += 1;
    }
  } while (page.length === PAGE);
  return forgotten;
}

function isOver({ owner, state, created_at, refused_at }: Remembered, now: number): boolean {
  const age = now - (created_at ?? refused_at ?? 0);
  if (owner === null) return age >= LOOSE_KEPT_MS;
  if (created_at === null) return owner === NOBODY || age >= LOOSE_KEPT_MS;
  // A render that is under way would leave its file behind.
  return owner === NOBODY && age >= (state === "waiting" ? LOOSE_KEPT_MS : YOUNG_MS);
}

/** Its row last: where a server dies in between, the next one finds what is left of it. */
async function forget({ id, input }: Remembered, store: Store, now: number): Promise<void> {
  for (const reference of referencesIn(input)) {
    if (!(await isUsedElsewhere(id, reference))) await store.removeReferenced(reference, now - FRESH_MS);
  }
  await store.removeClip(id);
  await deleteTask(id);
}

/** Removes files of a folder and those below it, the oldest first, until they have `maxBytes`; none written since `before`. */
export async function removeOldest(folder: string, maxBytes: number, before: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files: { file: string; bytes: number; writtenAt: number }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(/* turbopackIgnore: true */ entry.parentPath, entry.name);
    const found = await stat(file).catch(() => null);
    if (found) files.push({ file, bytes: found.size, writtenAt: found.mtimeMs });
  }
  let excess = files.reduce((sum, { bytes }) => sum + bytes, -maxBytes);
  let removed = 0;
  for (const { file, bytes, writtenAt } of files.sort((a, b) => a.writtenAt - b.writtenAt)) {
    if (excess <= 0 || writtenAt >= before) break;
    await rm(file, { force: true });
    excess -= bytes;
    removed += 1;
  }
  return removed;
}
