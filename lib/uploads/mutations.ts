import "server-only";
import type { Insertable } from "kysely";
import { type Db, db } from "@/lib/db/client";
import { countInMinute } from "@/lib/db/counters";
import { lockFor } from "@/lib/db/lock";
import type { UploadRow, UploadsTable } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { isInUse, isUnused, sumStored, sumUploads } from "@/lib/uploads/data";
import {
  UPLOAD_HELD_MS,
  UPLOAD_KEPT_MS,
  UPLOADS_PER_MINUTE,
  VISITOR_MAX_BYTES,
  VISITOR_MAX_UPLOADS,
} from "@/lib/uploads/policy";
import { doomHosted } from "@/lib/uploadthing/mutations";

/** Counts an upload that is about to begin; false when the visitor has had enough in this minute. */
export async function countUpload(owner: string, now: number): Promise<boolean> {
  return countInMinute(await db(), `upload:${owner}`, UPLOADS_PER_MINUTE, now);
}

/** Every write about which files a visitor has goes through here, one at a time. */
export const lockUploads = (trx: Db, owner: string) => lockFor(trx, `uploads:${owner}`);

/** Why an upload finds no place: its visitor has too much, or all together have. */
export type NoRoom = "no_room" | "store_full";

class NoRoomError extends Error {
  constructor(readonly why: NoRoom) {
    super(why);
  }
}

/**
 * Makes an upload known, for at least a day. The same file of the same visitor is the same row: it takes the new name,
 * keeps its place at a host if it has one, and counts once. Where there is no room for another the answer says whose, and nothing is stored.
 */
export async function saveUpload(
  upload: Omit<Insertable<UploadsTable>, "created_at" | "held_until">,
  now: number,
): Promise<UploadRow | NoRoom> {
  try {
    return await (await db()).transaction().execute(async (trx) => {
      await lockUploads(trx, upload.owner);
      const heldUntil = now + UPLOAD_KEPT_MS;
      const row = await trx
        .insertInto("uploads")
        .values({ ...upload, created_at: now, held_until: heldUntil })
        .onConflict((conflict) =>
          conflict.columns(["sha256", "owner"]).doUpdateSet((set) => ({
            name: set.ref("excluded.name"),
            // Where it lies already is what MindVideo may have been told.
            host_key: set.fn.coalesce("uploads.host_key", set.ref("excluded.host_key")),
            host_url: set.fn.coalesce("uploads.host_url", set.ref("excluded.host_url")),
            held_until: set
              .case()
              .when("uploads.held_until", ">", heldUntil)
              .then(set.ref("uploads.held_until"))
              .else(heldUntil)
              .end(),
          })),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      // The new row is counted already, and one that was there before is counted once.
      const { count, bytes } = await sumUploads(trx, upload.owner);
      if (count > VISITOR_MAX_UPLOADS || bytes > VISITOR_MAX_BYTES) throw new NoRoomError("no_room");
      // What was here before takes nothing more.
      if (row.host_key === null && row.created_at === now) await requirePlace(trx);
      return row;
    });
  } catch (error) {
    if (error instanceof NoRoomError) return error.why;
    throw error;
  }
}

/** Files that come at once are counted one after the other, so that they never pass the limit together. */
async function requirePlace(trx: Db): Promise<void> {
  await lockFor(trx, "uploads");
  if ((await sumStored(trx)) > env().uploadsMaxBytes) throw new NoRoomError("store_full");
}

/** Lets an upload lie elsewhere at the host, unless that was done already. The row as it is then; undefined when it is gone. */
export async function moveUpload(
  { owner, sha256, host_key }: UploadRow,
  place: { host_key: string; host_url: string },
): Promise<UploadRow | undefined> {
  return (await db())
    .updateTable("uploads")
    .set(place)
    .where("owner", "=", owner)
    .where("sha256", "=", sha256)
    .where("host_key", "=", host_key)
    .returningAll()
    .executeTakeFirst();
}

/** A draft holds these files now: they are kept for thirty days from here. Hashes of others change nothing. */
export const holdUploads = (owner: string, hashes: readonly string[], now: number) =>
  keepUntil(owner, hashes, now + UPLOAD_HELD_MS);

/** No draft holds these files any more: they are kept for a day from here. */
export const releaseUploads = (owner: string, hashes: readonly string[], now: number) =>
  keepUntil(owner, hashes, now + UPLOAD_KEPT_MS);

async function keepUntil(owner: string, hashes: readonly string[], heldUntil: number): Promise<void> {
  if (hashes.length === 0) return;
  await (await db())
    .updateTable("uploads")
    .set({ held_until: heldUntil })
    .where("owner", "=", owner)
    .where("sha256", "in", [...hashes])
    .execute();
}

/**
 * Notes that a generation uses these files; false, with nothing of use to the caller, unless `owner` has them all. Called in
 * the transaction that stores the generation, after `lockUploads`, so that none is deleted in between.
 */
export async function noteUses(
  trx: Db,
  owner: string,
  generation: string,
  hashes: readonly string[],
): Promise<boolean> {
  if (hashes.length === 0) return true;
  const { count } = await trx
    .selectFrom("uploads")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("owner", "=", owner)
    .where("sha256", "in", [...hashes])
    .executeTakeFirstOrThrow();
  if (Number(count) !== hashes.length) return false;
  await trx
    .insertInto("upload_uses")
    .values(hashes.map((sha256) => ({ generation, sha256, owner })))
    .execute();
  return true;
}

/** Forgets an upload, unless a generation that is not over needs it: then "in_use". Undefined when there is none. */
export async function deleteUpload(owner: string, sha256: string): Promise<UploadRow | "in_use" | undefined> {
  return (await db()).transaction().execute(async (trx) => {
    await lockUploads(trx, owner);
    if (await isInUse(trx, owner, sha256)) return "in_use";
    const deleted = await trx
      .deleteFrom("uploads")
      .where("owner", "=", owner)
      .where("sha256", "=", sha256)
      .returningAll()
      .executeTakeFirst();
    if (deleted) await doomHosted(trx, deleted, Date.now());
    return deleted;
  });
}

/** Forgets an upload that nothing needs any more; undefined, and nothing changed, when something does. */
export async function deleteUnused(owner: string, sha256: string, now: number): Promise<UploadRow | undefined> {
  return (await db()).transaction().execute(async (trx) => {
    await lockUploads(trx, owner);
    const deleted = await trx
      .deleteFrom("uploads")
      .where("owner", "=", owner)
      .where("sha256", "=", sha256)
      .where(isUnused(now))
      .returningAll()
      .executeTakeFirst();
    if (deleted) await doomHosted(trx, deleted, now);
    return deleted;
  });
}

/**
 * Inside the transaction that buries a generation, after `lockUploads`: forgets what it was given, and the uploads among that
 * which nothing else uses. One that was added in the last day and one that a draft holds are told apart by how long they
 * are kept.
 */
export async function deleteUploadsOf(trx: Db, owner: string, generation: string, now: number): Promise<UploadRow[]> {
  const uses = await trx.deleteFrom("upload_uses").where("generation", "=", generation).returning("sha256").execute();
  if (uses.length === 0) return [];
  const deleted = await trx
    .deleteFrom("uploads")
    .where("owner", "=", owner)
    .where(
      "sha256",
      "in",
      uses.map(({ sha256 }) => sha256),
    )
    .where(isUnused(now + UPLOAD_KEPT_MS))
    .returningAll()
    .execute();
  for (const upload of deleted) await doomHosted(trx, upload, now);
  return deleted;
}

/** Inside a transaction, after `lockUploads`: forgets all of a visitor's uploads that no generation still needs, drafts or not. */
export async function deleteAllUploads(trx: Db, owner: string, now: number): Promise<UploadRow[]> {
  // No draft holds what is still needed, so that it goes with the last generation that needs it.
  await trx.updateTable("uploads").set({ held_until: now }).where("owner", "=", owner).execute();
  const deleted = await trx
    .deleteFrom("uploads")
    .where("owner", "=", owner)
    .where(isUnused(now))
    .returningAll()
    .execute();
  for (const upload of deleted) await doomHosted(trx, upload, now);
  return deleted;
}
