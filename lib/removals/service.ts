import "server-only";
import { findOwnedOne } from "@/lib/generations/data";
import { letBe } from "@/lib/generations/mutations";
import { log } from "@/lib/log";
import { removeCopies } from "@/lib/outputs/vault";
import { countHidden, FINAL_STATUSES, listHidden, listUnconfirmed } from "@/lib/removals/data";
import {
  buryGeneration,
  hideGenerations,
  type Leftovers,
  removeAllUploads,
  stopHidden,
} from "@/lib/removals/mutations";
import { removeBytes } from "@/lib/uploads/service";

const BATCH = 100;
// Whoever has tens of thousands of clips is answered before all of them are gone; they are out of sight, and the sweep goes on.
const PATIENCE_MS = 8_000;

/**
 * Deletes one generation of `owner`: at once when it is over; one that is still being made is hidden, and gone when it ends.
 * False when there is none.
 */
export async function removeOne(owner: string, id: string): Promise<boolean> {
  const row = await findOwnedOne(owner, id);
  if (!row) return false;
  // Deleting it is the decision that it waits for.
  if (row.status === "unconfirmed") await letBe(id);
  const isHidden = await hideGenerations(owner, id, Date.now());
  if (isHidden) await bury(id);
  return isHidden;
}

/** Deletes everything of `owner`. @returns how many generations are still being made: hidden now, gone when they end. */
export async function removeAll(owner: string): Promise<{ running: number }> {
  const since = Date.now();
  for (const id of await listUnconfirmed(owner)) await letBe(id);
  await hideGenerations(owner, null, since);
  for (let found = BATCH; found === BATCH && Date.now() - since < PATIENCE_MS; ) {
    const ids = await listHidden(FINAL_STATUSES, owner, BATCH);
    found = ids.length;
    for (const id of ids) await bury(id);
  }
  await clear(await removeAllUploads(owner, Date.now()));
  return { running: await countHidden(owner) };
}

/**
 * Finishes what was deleted while it was still being made, or by a server that died in the middle. It may be called as often
 * as one likes, by several servers at once. Says how many it buried.
 */
export async function sweepRemoved(now: number): Promise<number> {
  for (const id of await listHidden(["unconfirmed"], null, BATCH)) await letBe(id);
  await stopHidden(now);
  const over = await listHidden(FINAL_STATUSES, null, BATCH);
  for (const id of over) await bury(id);
  return over.length;
}

/** Makes a tombstone of a hidden generation, if its task is over. */
export async function bury(id: string): Promise<void> {
  const left = await buryGeneration(id, Date.now());
  if (left) await clear(left);
}

/** What stays behind all the same is found by the sweeps of uploads and outputs: no row knows of it any more. */
async function clear({ uploads, copies }: Leftovers): Promise<void> {
  await removeCopies(copies);
  for (const upload of uploads) {
    await removeBytes(upload).catch((error) => log.warn({ event: "upload_not_removed", err: error }));
  }
}
