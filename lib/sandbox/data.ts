import "server-only";
import { type Db, db as openDb } from "@/lib/db/client";
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

/** What is remembered of a submission, with the owner of the generation here that it was made for; null when there is none. */
export type Remembered = Pick<SandboxTask, "id" | "state" | "input" | "created_at" | "refused_at"> & {
  owner: string | null;
};

/** A page of all that is remembered, by id, from just behind `after` on. Its idempotency key is the id of the generation. */
export async function listRemembered(after: string, limit: number): Promise<Remembered[]> {
  return (await openDb())
    .selectFrom("sandbox_tasks as task")
    .leftJoin("generations", "generations.id", "task.idempotency_key")
    .select(["task.id", "task.state", "task.input", "task.created_at", "task.refused_at", "generations.owner"])
    .where("task.id", ">", after)
    .orderBy("task.id")
    .limit(limit)
    .execute();
}

/** Whether another task than `id` was given this text, as the reference to a picture is one. `text` holds no wildcards. */
export async function isUsedElsewhere(id: string, text: string): Promise<boolean> {
  const other = await (await openDb())
    .selectFrom("sandbox_tasks")
    .select("id")
    .where("id", "!=", id)
    .where("input", "like", `%${text}%`)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}
