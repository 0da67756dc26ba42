import "server-only";
import { type Db, db } from "@/lib/db/client";
import type { VaultRow } from "@/lib/db/schema";

/** A copy as the database names it. */
export type CopyKey = Pick<VaultRow, "generation" | "output_index">;

/** What the vault has or will have of these generations, in no order. */
export async function listCopies(generations: readonly string[]): Promise<VaultRow[]> {
  if (generations.length === 0) return [];
  return (await db())
    .selectFrom("vault")
    .selectAll()
    .where("generation", "in", [...generations])
    .execute();
}

/** The vault's row of one output; undefined when nothing was ever to be copied. */
export async function findCopy(generation: string, index: number): Promise<VaultRow | undefined> {
  return (await db())
    .selectFrom("vault")
    .selectAll()
    .where("generation", "=", generation)
    .where("output_index", "=", index)
    .executeTakeFirst();
}

/** Copies whose time has come, the youngest first: its link is sure to live, and may be short-lived. */
export async function listDueCopies(now: number, limit: number): Promise<CopyKey[]> {
  return (await db())
    .selectFrom("vault")
    .select(["generation", "output_index"])
    .where("due_at", "<=", now)
    .orderBy("due_at", "desc")
    .limit(limit)
    .execute();
}

/** How many bytes the kept copies have, all together and those with a star. */
export async function sumKept(handle: Db): Promise<{ all: number; starred: number }> {
  const sum = (starredOnly: boolean) => {
    const kept = handle.selectFrom("vault").where("state", "=", "kept");
    const query = starredOnly
      ? kept.innerJoin("generations", "generations.id", "vault.generation").where("favorite", "=", 1)
      : kept;
    return query.select((select) => select.fn.sum<string | null>("vault.bytes").as("bytes")).executeTakeFirst();
  };
  const [all, starred] = [await sum(false), await sum(true)];
  return { all: Number(all?.bytes ?? 0), starred: Number(starred?.bytes ?? 0) };
}
