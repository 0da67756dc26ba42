import "server-only";
import { db } from "@/lib/db/client";
import type { UploadRow, VaultRow } from "@/lib/db/schema";
import { NOBODY, STOP_WATCHING_AFTER_MS } from "@/lib/generations/policy";
import { WATCHED_STATUSES } from "@/lib/generations/transitions";
import { removeOutputs } from "@/lib/outputs/mutations";
import { FINAL_STATUSES } from "@/lib/removals/data";
import { deleteAllUploads, deleteUploadsOf, lockUploads } from "@/lib/uploads/mutations";

/**
 * Takes one generation, or (null) all of them, out of its owner's sight and everybody else's, for good. The rows stay until
 * they are buried. False when there was none to hide.
 */
export async function hideGenerations(owner: string, id: string | null, now: number): Promise<boolean> {
  let query = (await db())
    .updateTable("generations")
    .set({ deleted_at: now, share_hash: null, shared_at: null, share_pictures: 0 })
    .where("owner", "=", owner)
    .where("deleted_at", "is", null);
  if (id !== null) query = query.where("id", "=", id);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/** What was left on disk or at a host by something that was removed, to be deleted once that is certain. */
export type Leftovers = { uploads: UploadRow[]; copies: VaultRow[] };

/**
 * Makes a tombstone of a hidden generation whose task is over: its id stays taken, and of everything else in it, of its copies
 * and of the uploads that nothing else uses nothing is kept. Undefined, and nothing changed, while it is not over or
 * somebody else was first. `spend` and `prices` are not touched.
 */
export async function buryGeneration(id: string, now: number): Promise<Leftovers | undefined> {
  const handle = await db();
  const found = await handle.selectFrom("generations").select("owner").where("id", "=", id).executeTakeFirst();
  if (!found || found.owner === NOBODY) return undefined;
  return handle.transaction().execute(async (trx) => {
    await lockUploads(trx, found.owner);
    const buried = await trx
      .updateTable("generations")
      .set({
        owner: NOBODY,
        input: "{}",
        prompt: null,
        batch_id: null,
        batch_index: null,
        parent_id: null,
        due_at: null,
        payload_hash: null,
        task_id: null,
        request_id: null,
        outputs: null,
        events: null,
        error: null,
        favorite: 0,
        settings: null,
      })
      .where("id", "=", id)
      .where("owner", "=", found.owner)
      .where("deleted_at", "is not", null)
      .where("status", "in", FINAL_STATUSES)
      .returning("id")
      .executeTakeFirst();
    if (!buried) return undefined;
    const uploads = await deleteUploadsOf(trx, found.owner, id, now);
    return { uploads, copies: await removeOutputs(trx, id) };
  });
}

/** Removes every upload of a visitor that no generation still being made needs; those go with it. */
export async function removeAllUploads(owner: string, now: number): Promise<Leftovers> {
  return (await db()).transaction().execute(async (trx) => {
    await lockUploads(trx, owner);
    return { uploads: await deleteAllUploads(trx, owner, now), copies: [] };
  });
}

/**
 * Nobody waits for what is hidden: after as long as "Stop watching" takes to be offered it counts no more as running. Not
 * before, or deleting would make room for more than a visitor may run at once.
 */
export async function stopHidden(now: number): Promise<void> {
  await (await db())
    .updateTable("generations")
    .set({ stopped_at: now })
    .where("deleted_at", "is not", null)
    .where("owner", "!=", NOBODY)
    .where("stopped_at", "is", null)
    .where("status", "in", WATCHED_STATUSES)
    .where("accepted_at", "<=", now - STOP_WATCHING_AFTER_MS)
    .execute();
}
