import "server-only";
import { db } from "@/lib/db/client";
import type { GenerationRow } from "@/lib/db/schema";
import { NOBODY } from "@/lib/generations/policy";
import { WATCHED_STATUSES } from "@/lib/generations/transitions";

const MAX_KNOWN_RUNS = 200;

/** A row, whoever owns it; deleted ones included. For the server's own work, never for a visitor. */
export async function findGeneration(id: string): Promise<GenerationRow | undefined> {
  return (await db()).selectFrom("generations").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The rows of `ids` that belong to `owner` and are not deleted, in no order. Others are left out without a word. */
export async function findOwned(owner: string, ids: string[]): Promise<GenerationRow[]> {
  if (ids.length === 0) return [];
  return (await db())
    .selectFrom("generations")
    .selectAll()
    .where("id", "in", ids)
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .execute();
}

/** One row of `owner`; undefined when it does not exist, is deleted, or belongs to somebody else. */
export async function findOwnedOne(owner: string, id: string): Promise<GenerationRow | undefined> {
  // It comes from an address or an action as it was sent, and Postgres throws on NUL.
  return id.includes("\0") ? undefined : (await findOwned(owner, [id]))[0];
}

/** A visitor's rows, newest first, from just below `before` on; paged by key, so new rows shift nothing. */
export async function listOwned(
  owner: string,
  limit: number,
  before: { createdAt: number; id: string } | null,
): Promise<GenerationRow[]> {
  let query = (await db())
    .selectFrom("generations")
    .selectAll()
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (before) {
    query = query.where((where) =>
      where.or([
        where("created_at", "<", before.createdAt),
        where.and([where("created_at", "=", before.createdAt), where("id", "<", before.id)]),
      ]),
    );
  }
  return query.execute();
}

/** Ids of rows whose time came at or before `dueBy`, the longest waiting first. */
export async function listDue(dueBy: number, limit: number): Promise<string[]> {
  const rows = await (await db())
    .selectFrom("generations")
    .select("id")
    .where("due_at", "<=", dueBy)
    .orderBy("due_at")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/** How many generations are on their way to a result, of everybody. */
export async function countWatched(): Promise<number> {
  const row = await (await db())
    .selectFrom("generations")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("status", "in", WATCHED_STATUSES)
    .where("due_at", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Input and duration in milliseconds of a model's latest successful runs, at most 200. */
export async function listRuns(model: string): Promise<{ input: string; tookMs: number }[]> {
  const rows = await (await db())
    .selectFrom("generations")
    .select(["input", "accepted_at", "finished_at"])
    .where("model", "=", model)
    .where("status", "=", "succeeded")
    .where("owner", "!=", NOBODY)
    .where("accepted_at", "is not", null)
    .orderBy("finished_at", "desc")
    .limit(MAX_KNOWN_RUNS)
    .execute();
  return rows.map((row) => ({ input: row.input, tookMs: (row.finished_at ?? 0) - (row.accepted_at ?? 0) }));
}
