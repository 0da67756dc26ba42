import "server-only";
import type { UploadRow } from "@/lib/db/schema";
import { log } from "@/lib/log";
import { findStored, listUnused } from "@/lib/uploads/data";
import { isCrowded } from "@/lib/uploads/limits";
import { deleteUnused } from "@/lib/uploads/mutations";
import { CROWDED_KEPT_MS, UPLOAD_KEPT_MS } from "@/lib/uploads/policy";
import { removeBytes } from "@/lib/uploads/service";
import { discardFile, listOldFiles, type OldFile, removeFile, restoreFile } from "@/lib/uploads/store";

const MINUTE_MS = 60_000;
const UNUSED_EVERY_MS = 5 * MINUTE_MS;
const TIDY_EVERY_MS = 60 * MINUTE_MS;
// Longer than any upload takes, and than any deletion.
const LOOSE_AFTER_MS = 60 * MINUTE_MS;
const BATCH = 100;

let removedAt = 0;
let tidiedAt = 0;

/**
 * The uploads' share of the slow sweep: how many it removed. It may be called as often as one likes; it does something every
 * few minutes.
 */
export async function sweepUploads(now: number): Promise<number> {
  let removed = 0;
  if (now - removedAt >= UNUSED_EVERY_MS) {
    removedAt = now;
    removed = await removeUnused(now);
    removed += await makeRoom(now);
  }
  if (now - tidiedAt >= TIDY_EVERY_MS) {
    tidiedAt = now;
    await tidyFiles(now - LOOSE_AFTER_MS);
  }
  return removed;
}

/** Removes what no draft holds any more and no generation uses, and says how many those were. Several servers may do it at once. */
export async function removeUnused(now: number): Promise<number> {
  let removed = 0;
  for (let found = BATCH; found === BATCH; ) {
    const unused = await listUnused(now, BATCH);
    found = unused.length;
    removed += await removeEach(unused, now);
  }
  return removed;
}

/**
 * While our own store is nearly full: removes what no draft holds and no generation uses an hour after it came or was let go,
 * the oldest first. What lies at a host makes no room here.
 */
export async function makeRoom(now: number): Promise<number> {
  const until = now + UPLOAD_KEPT_MS - CROWDED_KEPT_MS;
  let removed = 0;
  for (let found = BATCH; found === BATCH && (await isCrowded()); ) {
    const unused = await listUnused(until, BATCH, true);
    found = unused.length;
    removed += await removeEach(unused, until);
  }
  return removed;
}

async function removeEach(unused: UploadRow[], until: number): Promise<number> {
  let removed = 0;
  for (const { owner, sha256 } of unused) {
    // What was taken into use since it was listed stays.
    const deleted = await deleteUnused(owner, sha256, until);
    if (deleted) removed += 1;
    // Bytes that stay behind without a row are found again when the store is tidied.
    if (deleted) await removeBytes(deleted).catch((error) => log.warn({ event: "upload_not_removed", err: error }));
  }
  return removed;
}

/** Clears away what a server that died left in the store: half files, bins, and files whose row was never written. */
export async function tidyFiles(before: number): Promise<void> {
  for await (const old of listOldFiles(before)) await tidy(old);
}

async function tidy(old: OldFile): Promise<void> {
  const { owner, sha256, state, file } = old;
  const isWanted = async () => sha256 !== null && (await findStored(owner, sha256)) !== undefined;
  if (state === "kept") {
    // A name that is no hash is not ours to remove.
    if (sha256 !== null && !(await isWanted())) await discardFile(owner, sha256, isWanted);
    return;
  }
  if (state === "bin" && (await isWanted())) await restoreFile(old);
  await removeFile(file);
}
