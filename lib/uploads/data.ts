import "server-only";
import type { ExpressionBuilder } from "kysely";
import { type Db, db } from "@/lib/db/client";
import type { Database, UploadRow } from "@/lib/db/schema";
import { isFinal, STATUSES } from "@/lib/generations/transitions";
import { STORED_FILE_BYTES } from "@/lib/uploads/policy";

const UNFINISHED = STATUSES.filter((status) => !isFinal(status));

/** Those of `owner`'s uploads whose hash is in `hashes`, in no order; others are left out without a word. */
export async function findUploads(owner: string, hashes: readonly string[]): Promise<UploadRow[]> {
  if (hashes.length === 0) return [];
  return (await db())
    .selectFrom("uploads")
    .selectAll()
    .where("owner", "=", owner)
    .where("sha256", "in", [...hashes])
    .execute();
}

/** One of `owner`'s uploads; undefined when it does not exist or belongs to somebody else. */
export async function findUpload(owner: string, sha256: string): Promise<UploadRow | undefined> {
  return (await findUploads(owner, [sha256]))[0];
}

/** A row whose file lies in our own store. `owner` may be no more than its beginning: a folder's name. */
export async function findStored(owner: string, sha256: string): Promise<UploadRow | undefined> {
  if (!/^[0-9a-f]+$/.test(owner)) return undefined;
  return (await db())
    .selectFrom("uploads")
    .selectAll()
    .where("sha256", "=", sha256)
    .where("owner", "like", `${owner}%`)
    .where("host_key", "is", null)
    .executeTakeFirst();
}

/** Whether no draft holds a file any more at `now`, and no generation that can still be seen or sent uses it. */
export const isUnused = (now: number) => (where: ExpressionBuilder<Database, "uploads">) =>
  where.and([
    where("held_until", "<=", now),
    where.not(
      where.exists(
        where
          .selectFrom("upload_uses")
          .innerJoin("generations", "generations.id", "upload_uses.generation")
          .select("upload_uses.generation")
          .whereRef("upload_uses.sha256", "=", "uploads.sha256")
          .whereRef("upload_uses.owner", "=", "uploads.owner")
          .where((use) => use.or([use("deleted_at", "is", null), use("status", "in", UNFINISHED)])),
      ),
    ),
  ]);

/** Files that nothing needs any more, of everybody, the longest unneeded first; with `isOwn` only those in our own store. */
export async function listUnused(now: number, limit: number, isOwn = false): Promise<UploadRow[]> {
  const unused = (await db()).selectFrom("uploads").selectAll().where(isUnused(now));
  const found = isOwn ? unused.where("host_key", "is", null) : unused;
  return found.orderBy("held_until").limit(limit).execute();
}

/** A visitor's uploads, newest first, from just below `before` on. */
export async function listUploads(
  owner: string,
  limit: number,
  before: { createdAt: number; sha256: string } | null,
): Promise<UploadRow[]> {
  let query = (await db())
    .selectFrom("uploads")
    .selectAll()
    .where("owner", "=", owner)
    .orderBy("created_at", "desc")
    .orderBy("sha256", "desc")
    .limit(limit);
  if (before) {
    query = query.where((where) =>
      where.or([
        where("created_at", "<", before.createdAt),
        where.and([where("created_at", "=", before.createdAt), where("sha256", "<", before.sha256)]),
      ]),
    );
  }
  return query.execute();
}

/** How many files a visitor has, and how many bytes they are together. */
export async function sumUploads(handle: Db, owner: string): Promise<{ count: number; bytes: number }> {
  const row = await handle
    .selectFrom("uploads")
    .select((select) => [select.fn.countAll<number>().as("count"), select.fn.sum<number>("bytes").as("bytes")])
    .where("owner", "=", owner)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), bytes: Number(row.bytes ?? 0) };
}

/** What the files of all visitors take in our own store, in bytes; those at a host take nothing here. */
export async function sumStored(handle?: Db): Promise<number> {
  const row = await (handle ?? (await db()))
    .selectFrom("uploads")
    .select((select) => [select.fn.countAll<number>().as("count"), select.fn.sum<number>("bytes").as("bytes")])
    .where("host_key", "is", null)
    .executeTakeFirstOrThrow();
  return Number(row.bytes ?? 0) + Number(row.count) * STORED_FILE_BYTES;
}

/** Whether a generation was given any uploads. */
export async function usesFiles(generation: string): Promise<boolean> {
  const use = await (await db())
    .selectFrom("upload_uses")
    .select("sha256")
    .where("generation", "=", generation)
    .executeTakeFirst();
  return use !== undefined;
}

/** A file that a generation which is not over uses; undefined for any other pair. For the server's own work. */
export async function findUsed(generation: string, sha256: string): Promise<UploadRow | undefined> {
  return (await db())
    .selectFrom("upload_uses")
    .innerJoin("generations", "generations.id", "upload_uses.generation")
    .innerJoin("uploads", (join) =>
      join.onRef("uploads.sha256", "=", "upload_uses.sha256").onRef("uploads.owner", "=", "generations.owner"),
    )
    .selectAll("uploads")
    .where("upload_uses.generation", "=", generation)
    .where("upload_uses.sha256", "=", sha256)
    .where("generations.status", "in", UNFINISHED)
    .executeTakeFirst();
}

/** A file that a generation was given, whatever became of either since; undefined for any other pair. */
export async function findGiven(generation: string, sha256: string): Promise<UploadRow | undefined> {
  return (await db())
    .selectFrom("upload_uses")
    .innerJoin("uploads", (join) =>
      join.onRef("uploads.sha256", "=", "upload_uses.sha256").onRef("uploads.owner", "=", "upload_uses.owner"),
    )
    .selectAll("uploads")
    .where("upload_uses.generation", "=", generation)
    .where("upload_uses.sha256", "=", sha256)
    .executeTakeFirst();
}

/** Whether a generation of `owner` that is not over uses this file. `unconfirmed` is not over: it may be sent again. */
export async function isInUse(handle: Db, owner: string, sha256: string): Promise<boolean> {
  const use = await handle
    .selectFrom("upload_uses")
    .innerJoin("generations", "generations.id", "upload_uses.generation")
    .select("upload_uses.generation")
    .where("upload_uses.owner", "=", owner)
    .where("upload_uses.sha256", "=", sha256)
    .where("generations.status", "in", UNFINISHED)
    .executeTakeFirst();
  return use !== undefined;
}
