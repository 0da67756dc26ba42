import "server-only";
import { db } from "@/lib/db/client";
import { NOBODY } from "@/lib/generations/policy";
import { isFinal, STATUSES } from "@/lib/generations/transitions";

export const FINAL_STATUSES = STATUSES.filter(isFinal);

/** Ids of hidden generations in one of these states, of one owner or (null) of everybody, the longest hidden first. */
export async function listHidden(statuses: typeof FINAL_STATUSES, owner: string | null, limit: number) {
  let query = (await db())
    .selectFrom("generations")
    .select("id")
    .where("deleted_at", "is not", null)
    .where("owner", "!=", NOBODY)
    .where("status", "in", statuses)
    .orderBy("deleted_at")
    .limit(limit);
  if (owner !== null) query = query.where("owner", "=", owner);
  return (await query.execute()).map(({ id }) => id);
}

/** How many of a visitor's generations are hidden and not gone yet: what is still being made. */
export async function countHidden(owner: string): Promise<number> {
  const row = await (await db())
    .selectFrom("generations")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("owner", "=", owner)
    .where("deleted_at", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Ids of a visitor's generations that wait for their decision. */
export async function listUnconfirmed(owner: string): Promise<string[]> {
  const rows = await (await db())
    .selectFrom("generations")
    .select("id")
    .where("owner", "=", owner)
    .where("status", "=", "unconfirmed")
    .execute();
  return rows.map(({ id }) => id);
}
