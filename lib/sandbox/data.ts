import "server-only";
import type { Db } from "@/lib/db/client";
import type { SandboxTask } from "@/lib/sandbox/schema";

/** The row of a task or of a refused submission; undefined when there is none. */
export const getTask = (db: Db, id: string): Promise<SandboxTask | undefined> =>
  db.selectFrom("sandbox_tasks").selectAll().where("id", "=", id).executeTakeFirst();

/** What was submitted under this key; undefined when nothing was. */
export const getByKey = (db: Db, idempotencyKey: string): Promise<SandboxTask | undefined> =>
  db.selectFrom("sandbox_tasks").selectAll().where("idempotency_key", "=", idempotencyKey).executeTakeFirst();

/** Ids of the tasks whose clip is not there yet, oldest first. */
export async function listWaiting(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("sandbox_tasks")
    .select("id")
    .where("state", "=", "waiting")
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => row.id);
}

export async function countWaiting(db: Db): Promise<number> {
  const row = await db
    .selectFrom("sandbox_tasks")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
