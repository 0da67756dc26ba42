import "server-only";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { env } from "@/lib/env";

const EVERY_MS = 10 * 60_000;
// Longer than a submission waits for its render, and than anybody watches a clip.
const YOUNG_MS = 60 * 60_000;
/** What the sandbox's files may have together. */
const KEPT_BYTES = 2 * 1024 ** 3;

let sweptAt = 0;

/**
 * Removes the oldest of the sandbox's files when they have become too many, and says how many. Whoever asks for such a clip has
 * it drawn again, or finds that its link has expired, as links at MindVideo do; what visitors keep lies in the vault.
 */
export async function sweepSandbox(now: number): Promise<number> {
  if (now - sweptAt < EVERY_MS) return 0;
  sweptAt = now;
  return removeOldest(path.join(/* turbopackIgnore: true */ env().dataDir, "sandbox"), KEPT_BYTES, now - YOUNG_MS);
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
