import "server-only";
import { sql, type UpdateObject } from "kysely";
import { type Db, db } from "@/lib/db/client";
import type { Database, GenerationRow } from "@/lib/db/schema";
import {
  LOOK_AGAIN_MS,
  NOBODY,
  STEP_LEASE_MS,
  STOP_WATCHING_AFTER_MS,
  STOPPED_POLL_MS,
} from "@/lib/generations/policy";
import { ENTERED_FROM, type Status, WATCHED_STATUSES } from "@/lib/generations/transitions";
import { metrics } from "@/lib/metrics";
import { insertCopies } from "@/lib/outputs/mutations";
import { book } from "@/lib/spend/mutations";

/** Claims the next step of a row for `STEP_LEASE_MS`; undefined when it is not due or somebody else was first. */
export async function claimStep(id: string, now: number): Promise<GenerationRow | undefined> {
  const row = await (await db())
    .updateTable("generations")
    .set({ due_at: now + STEP_LEASE_MS })
    .where("id", "=", id)
    .where("due_at", "<=", now)
    .returningAll()
    .executeTakeFirst();
  metrics().claims.inc({ of: "step", outcome: row ? "won" : "lost" });
  return row;
}

/** A state is entered by `enterStatus` alone, and money booked with it. */
type Change = Omit<UpdateObject<Database, "generations">, "status" | "spend_day" | "reserved">;

/**
 * Writes to a row while it is in one of `from`; false when it no longer was, and then nothing changed. With `attempts`, only
 * while that many sends are counted: a server that slept through its claim finds that another has gone on.
 */
export async function changeGeneration(
  id: string,
  from: readonly Status[],
  change: Change,
  attempts?: number,
): Promise<boolean> {
  return (await changeRow(await db(), id, from, change, attempts)) !== undefined;
}

export async function changeRow(
  handle: Db,
  id: string,
  from: readonly Status[],
  change: UpdateObject<Database, "generations">,
  attempts?: number,
): Promise<GenerationRow | undefined> {
  let query = handle.updateTable("generations").set(change).where("id", "=", id).where("status", "in", from);
  if (attempts !== undefined) query = query.where("attempts", "=", attempts);
  return query.returningAll().executeTakeFirst();
}

/**
 * Counts a send before it is made; false when the row has gone on meanwhile, or was deleted while nothing of it can have
 * arrived: what its owner threw away is not to be paid for. What may have arrived is still asked about.
 */
export async function countSend({ id, attempts, may_have_arrived }: GenerationRow, change: Change): Promise<boolean> {
  let query = (await db())
    .updateTable("generations")
    .set({ ...change, attempts: attempts + 1, may_have_arrived: 1 })
    .where("id", "=", id)
    .where("status", "=", "submitting")
    .where("attempts", "=", attempts);
  if (may_have_arrived === 0) query = query.where("deleted_at", "is", null);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/**
 * Moves a row to another state, with what belongs to it and with what it means for the money; false when the row was in no
 * state it may come from. Of two servers that do it at once, the one whose write changed the row books it.
 */
export async function enterStatus(
  id: string,
  status: Status,
  change: Change = {},
  attempts?: number,
  from: readonly Status[] = ENTERED_FROM[status],
): Promise<boolean> {
  return (await db()).transaction().execute(async (trx) => {
    const row = await changeRow(trx, id, from, { ...change, status }, attempts);
    if (row?.status === "succeeded") await insertCopies(trx, row, Date.now());
    if (row) await book(trx, row, Date.now());
    return row !== undefined;
  });
}

/** Ends a row that nobody could confirm, without asking again; false when it was not waiting for that. */
export async function letBe(id: string): Promise<boolean> {
  return enterStatus(id, "failed", { due_at: null, finished_at: Date.now() }, undefined, ["unconfirmed"]);
}

/** Stores what MindVideo told of a task's history. Final rows take it too: their last events come after the end. */
export async function saveEvents(id: string, events: string | null, dueAt: number | null): Promise<void> {
  await (await db())
    .updateTable("generations")
    .set({
      due_at: dueAt,
      // They may arrive after a visitor has deleted it.
      events: sql<string | null>`case when owner = ${NOBODY} then null else coalesce(${events}, events) end`,
    })
    .where("id", "=", id)
    .execute();
}

/** Takes a generation whose task does not end off what counts as running; false when it is too early, or there is none. */
export async function stopWaiting(owner: string, id: string, now: number): Promise<boolean> {
  const result = await (await db())
    .updateTable("generations")
    .set({ stopped_at: now })
    .where("id", "=", id)
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .where("stopped_at", "is", null)
    .where("status", "in", WATCHED_STATUSES)
    .where("accepted_at", "<=", now - STOP_WATCHING_AFTER_MS)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Makes the next question about a task that nobody watches due now; false when it is claimed, was asked a moment ago, or is
 * watched. A claim is never cut short: its due time lies closer than the lease.
 */
export async function bringForward(owner: string, id: string, now: number): Promise<boolean> {
  const result = await (await db())
    .updateTable("generations")
    .set({ due_at: now })
    .where("id", "=", id)
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .where("stopped_at", "is not", null)
    .where("status", "in", WATCHED_STATUSES)
    .where("due_at", ">", now + STEP_LEASE_MS)
    .where("due_at", "<=", now + STOPPED_POLL_MS - LOOK_AGAIN_MS)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Marks a row with a star or takes it away; false when `owner` has no such row. */
export async function updateFavorite(owner: string, id: string, isFavorite: boolean): Promise<boolean> {
  const result = await (await db())
    .updateTable("generations")
    .set({ favorite: isFavorite ? 1 : 0 })
    .where("id", "=", id)
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
