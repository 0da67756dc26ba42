import "server-only";
import type { Kysely } from "kysely";
import { type Db, db } from "@/lib/db/client";
import type { Database, UploadArrivalRow, UploadRow } from "@/lib/db/schema";
import type { UploadRefusal } from "@/lib/uploads/policy";
import { ARRIVAL_KEPT_MS, CHECK_LEASE_MS, DELETE_AGAIN_MS, DELETE_BATCH } from "@/lib/uploadthing/policy";

/** What became of a file that arrived. */
export type Outcome = { sha256: string } | { refusal: UploadRefusal };

/**
 * Remembers a key before anybody else learns of it: whose it is, and that its file is deleted after a day unless it
 * becomes an upload. @throws when the key was handed out before
 */
export async function createArrival(
  arrival: Pick<UploadArrivalRow, "host_key" | "owner" | "kind" | "name" | "bytes">,
  now: number,
): Promise<void> {
  await (await db())
    .insertInto("upload_arrivals")
    .values({ ...arrival, created_at: now, delete_at: now + ARRIVAL_KEPT_MS })
    .execute();
}

/** Takes the looking at a file for oneself; undefined when somebody else is at it, or the outcome is known. */
export async function claimArrival(key: string, now: number): Promise<UploadArrivalRow | undefined> {
  return (await db())
    .updateTable("upload_arrivals")
    .set({ claimed_until: now + CHECK_LEASE_MS })
    .where("host_key", "=", key)
    .where("outcome", "is", null)
    .where((where) => where.or([where("claimed_until", "is", null), where("claimed_until", "<=", now)]))
    .returningAll()
    .executeTakeFirst();
}

/** Gives the looking back: the file was not there yet, or could not be read. */
export async function releaseArrival(key: string): Promise<void> {
  await (await db())
    .updateTable("upload_arrivals")
    .set({ claimed_until: null })
    .where("host_key", "=", key)
    .where("outcome", "is", null)
    .execute();
}

/**
 * The visitor no longer wants a file that was to come. A minute later, when nothing of it can be on its way, it is deleted.
 * Nothing changes for the key of anybody else, or a file that is an upload or looked at already.
 */
export async function cancelArrival(key: string, owner: string, refusal: UploadRefusal, now: number): Promise<void> {
  await (await db())
    .updateTable("upload_arrivals")
    .set({ outcome: JSON.stringify({ refusal } satisfies Outcome), delete_at: now + DELETE_AGAIN_MS })
    .where("host_key", "=", key)
    .where("owner", "=", owner)
    .where("outcome", "is", null)
    .where((where) => where.or([where("claimed_until", "is", null), where("claimed_until", "<=", now)]))
    .execute();
}

/** Says what became of a file, and whether it stays at the host or is deleted there from now on. */
export async function settleArrival(key: string, outcome: Outcome, deleteAt: number | null): Promise<void> {
  await (await db())
    .updateTable("upload_arrivals")
    .set({ outcome: JSON.stringify(outcome), claimed_until: null, delete_at: deleteAt })
    .where("host_key", "=", key)
    .execute();
}

/** Inside the transaction that removes an upload or a copy: its file at the host is to be deleted. Nothing for a file kept here. */
export async function doomHosted(
  trx: Kysely<Database>,
  upload: Pick<UploadRow, "host_key" | "owner" | "kind" | "name" | "bytes">,
  now: number,
): Promise<void> {
  if (upload.host_key === null) return;
  const { host_key, owner, kind, name, bytes } = upload;
  await trx
    .insertInto("upload_arrivals")
    // As if handed out long ago: nothing of it has to be remembered once the file is gone.
    .values({ host_key, owner, kind, name, bytes, created_at: 0, delete_at: now })
    .onConflict((conflict) => conflict.column("host_key").doUpdateSet({ delete_at: now }))
    .execute();
}

/** Inside the transaction that takes a copy in: its file stays at the host. Nothing for a file kept here. */
export async function spareHosted(trx: Kysely<Database>, key: string | null): Promise<void> {
  if (key === null) return;
  await trx.updateTable("upload_arrivals").set({ delete_at: null }).where("host_key", "=", key).execute();
}

/** The keys of files that are to be deleted at the host by now, for one server at a time, and never one of an upload. */
export async function claimDoomed(now: number): Promise<string[]> {
  const handle: Db = await db();
  const rows = await handle
    .updateTable("upload_arrivals")
    .set({ claimed_until: now + CHECK_LEASE_MS })
    .where("host_key", "in", (select) =>
      select
        .selectFrom("upload_arrivals")
        .select("host_key")
        .where("delete_at", "<=", now)
        .where((where) => where.or([where("claimed_until", "is", null), where("claimed_until", "<=", now)]))
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom("uploads")
                .select("uploads.sha256")
                .whereRef("uploads.host_key", "=", "upload_arrivals.host_key"),
            ),
          ),
        )
        .orderBy("delete_at")
        .limit(DELETE_BATCH),
    )
    // Once more outside: on Postgres somebody may have claimed one since the list was made.
    .where("delete_at", "<=", now)
    .where((where) => where.or([where("claimed_until", "is", null), where("claimed_until", "<=", now)]))
    .returning("host_key")
    .execute();
  return rows.map((row) => row.host_key);
}

/** The host deleted these files, or did not: then it is asked again in a minute. */
export async function recordDeletion(keys: string[], isDone: boolean, now: number): Promise<void> {
  await (await db())
    .updateTable("upload_arrivals")
    .set({ claimed_until: null, delete_at: isDone ? null : now + DELETE_AGAIN_MS })
    .where("host_key", "in", keys)
    .execute();
}

/** Forgets what became of files more than a day ago. What is still to be deleted stays. */
export async function deleteOldArrivals(now: number): Promise<void> {
  await (await db())
    .deleteFrom("upload_arrivals")
    .where("delete_at", "is", null)
    .where("created_at", "<", now - ARRIVAL_KEPT_MS)
    .execute();
}
