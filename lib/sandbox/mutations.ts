import "server-only";
import { type Db, db as openDb } from "@/lib/db/client";
import type { SandboxTask } from "@/lib/sandbox/schema";

/** How long a server that died while rendering keeps others from doing it again. */
const RENDER_LEASE_MS = 10_000;

/** Remembers a submission. False when another one took its key first, here or on another server. */
export async function insertTask(db: Db, row: SandboxTask): Promise<boolean> {
  const result = await db
    .insertInto("sandbox_tasks")
    .values(row)
    .onConflict((conflict) => conflict.column("idempotency_key").doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** Counts one more refusal, unless the submission has been accepted meanwhile. */
export async function countRefusal(db: Db, id: string): Promise<void> {
  await db
    .updateTable("sandbox_tasks")
    .set((eb) => ({ refusals: eb("refusals", "+", 1) }))
    .where("id", "=", id)
    .where("state", "=", "refused")
    .execute();
}

/** Turns a refused submission into a task. False when somebody else did. */
export async function acceptTask(
  db: Db,
  id: string,
  task: Pick<SandboxTask, "state" | "created_at" | "ready_at" | "input">,
): Promise<boolean> {
  const result = await db
    .updateTable("sandbox_tasks")
    .set(task)
    .where("id", "=", id)
    .where("state", "=", "refused")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Takes a waiting render for this server. Undefined when it is done, or another server is at it. */
export const claimRender = (db: Db, id: string, now: number): Promise<SandboxTask | undefined> =>
  db
    .updateTable("sandbox_tasks")
    .set((eb) => ({ started_at: eb.fn.coalesce("started_at", eb.val(now)), claimed_until: now + RENDER_LEASE_MS }))
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .where((eb) => eb.or([eb("claimed_until", "is", null), eb("claimed_until", "<=", now)]))
    .returningAll()
    .executeTakeFirst();

/** Ends a render: its file is in place, or it broke for a reason nobody foresaw. */
export async function endRender(db: Db, id: string, state: "rendered" | "broken", now: number): Promise<void> {
  await db
    .updateTable("sandbox_tasks")
    .set({ state, finished_at: now, claimed_until: null })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .execute();
}

/** Forgets a task or a refused submission: its key is new again. */
export async function deleteTask(id: string): Promise<void> {
  await (await openDb()).deleteFrom("sandbox_tasks").where("id", "=", id).execute();
}
