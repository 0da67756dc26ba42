import "server-only";
import { env } from "@/lib/env";
import { findCopy } from "@/lib/outputs/data";
import { shrinkVault } from "@/lib/outputs/mutations";
import { listOldCopies, type OldCopy, removeFile } from "@/lib/outputs/store";
import { removeCopies, startCopies } from "@/lib/outputs/vault";

const TIDY_EVERY_MS = 60 * 60_000;
// Longer than a copy lies still between two attempts, and than anything takes between a file and its row.
const LOOSE_AFTER_MS = 2 * 60 * 60_000;

let tidiedAt = 0;

/** The vault's share of the slow sweep: begins what is due, says how many copies that were, and tidies once an hour. */
export async function sweepVault(now: number): Promise<number> {
  const begun = await startCopies();
  if (now - tidiedAt < TIDY_EVERY_MS) return begun;
  tidiedAt = now;
  await removeCopies(await shrinkVault(env().vaultMaxBytes, now));
  await tidyVault(now - LOOSE_AFTER_MS);
  return begun;
}

/** Removes files that no row knows, or none that is still to be copied: a server died before it could. */
export async function tidyVault(before: number): Promise<void> {
  for await (const old of listOldCopies(before)) {
    if (!(await isWanted(old))) await removeFile(old.copy);
  }
}

async function isWanted({ copy, generation, index, isKept }: OldCopy): Promise<boolean> {
  const row = await findCopy(generation, index);
  return isKept ? row?.path === copy : row?.due_at != null;
}
