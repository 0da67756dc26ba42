import "server-only";
import { sql, type UpdateObject } from "kysely";
import { type Db, db } from "@/lib/db/client";
import { countInMinute } from "@/lib/db/counters";
import { lockFor } from "@/lib/db/lock";
import type { Database, GenerationRow } from "@/lib/db/schema";
import { createTurns } from "@/lib/db/turns";
import { type AppError, appError } from "@/lib/errors";
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
import { err, ok, type Result } from "@/lib/result";
import { book, heldFor, reserve, weigh } from "@/lib/spend/mutations";
import type { SpendLimits, Upstream } from "@/lib/spend/schema";
import { lockUploads, noteUses } from "@/lib/uploads/mutations";

// They pass one row of the counts and one of the books: more at once only wait for each other.
const MAX_PARALLEL_PRESSES = 4;

export type NewGeneration = {
  id: string;
  owner: string;
  model: string;
  /** JSON: the exact payload. */
  input: string;
  prompt: string | null;
  parentId: string | null;
  /** SHA-256 of every upload the input names. */
  files: readonly string[];
  /** `hashSettings` of model and input: what its price is known by. */
  settings: string;
  upstream: Upstream;
};

export type PressLimits = { active: number; perMinute: number; perMinuteAll: number; spend: SpendLimits };

/**
 * Makes a press durable, already claimed for its first send. The same press again returns the row that is there, with
 * `created` false; its id with anything else in it is `id_conflict`. Limits refuse with `too_many_active`,
 * `too_many_requests`, `over_limit`, `over_limit_visitor` or `price_unknown`, and then nothing is stored. `against` is what
 * speaks against a new one: the same press again is answered all the same, whatever became of its files.
 */
export async function createGeneration(
  press: NewGeneration,
  limits: PressLimits,
  now: number,
  against: AppError | null = null,
): Promise<Result<{ row: GenerationRow; created: boolean }>> {
  const handle = await db();
  const known = await findPress(handle, press);
  if (known) return known;
  if (against) return err(against);
  return inTurn(() => orRefused(() => handle.transaction().execute((trx) => insertPress(trx, press, limits, now))));
}

const inTurn = createTurns(MAX_PARALLEL_PRESSES);

/** Thrown inside the transaction, so that a refused press leaves neither a row nor a count. */
class Refusal extends Error {
  constructor(readonly reason: AppError) {
    super(reason.code);
  }
}

async function orRefused<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return err(error.reason);
    throw error;
  }
}

async function insertPress(
  trx: Db,
  press: NewGeneration,
  limits: PressLimits,
  now: number,
): Promise<Result<{ row: GenerationRow; created: boolean }>> {
  await lockPresses(trx, press.owner);
  if (press.files.length > 0) await lockUploads(trx, press.owner);
  // Two tabs can send the same press at once: whoever comes second gets the first one's row.
  const known = await findPress(trx, press);
  if (known) return known;
  await requireRoom(trx, press.owner, limits, now, 1);
  const parent = await ownParent(trx, press);
  const cost = await weigh(trx, press, limits.spend, now);
  if (!cost.ok) throw new Refusal(cost.error);
  const row = await trx
    .insertInto("generations")
    .values({
      id: press.id,
      owner: press.owner,
      model: press.model,
      input: press.input,
      prompt: press.prompt,
      parent_id: parent,
      status: "submitting",
      due_at: now + STEP_LEASE_MS,
      created_at: now,
      send_since: now,
      settings: press.settings,
      upstream: press.upstream,
      ...heldFor(cost.value, now),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returningAll()
    .executeTakeFirst();
  // Another visitor's press took the id meanwhile.
  if (!row) throw new Refusal(appError("id_conflict"));
  if (!(await noteUses(trx, press.owner, press.id, press.files))) throw new Refusal(appError("file_missing"));
  // From here to the end all presses wait for one another.
  await countForAll(trx, limits, now);
  const over = await reserve(trx, press, cost.value, limits.spend, now);
  if (over) throw new Refusal(over);
  return ok({ row, created: true });
}

/** Lets one press of a visitor in at a time: what is counted and looked for cannot change under it. */
const lockPresses = (trx: Db, owner: string) => lockFor(trx, `presses:${owner}`);

/** The generation that this one goes on from; null when the visitor has none of that name. */
async function ownParent(trx: Db, { parentId, owner }: NewGeneration): Promise<string | null> {
  if (parentId === null) return null;
  const parent = await trx
    .selectFrom("generations")
    .select("id")
    .where("id", "=", parentId)
    .where("owner", "=", owner)
    .executeTakeFirst();
  return parent?.id ?? null;
}

async function findPress(
  handle: Db,
  press: NewGeneration,
): Promise<Result<{ row: GenerationRow; created: boolean }> | null> {
  const row = await handle.selectFrom("generations").selectAll().where("id", "=", press.id).executeTakeFirst();
  if (!row) return null;
  const isSame =
    row.owner === press.owner && row.deleted_at === null && row.model === press.model && row.input === press.input;
  // Nothing of the row is told to somebody who cannot show the same press.
  return isSame ? ok({ row, created: false }) : err(appError("id_conflict"));
}

/** @param more how many are about to run that are not counted as running yet */
async function requireRoom(trx: Db, owner: string, limits: PressLimits, now: number, more: number): Promise<void> {
  await countPress(trx, `submit:${owner}`, limits.perMinute, now);
  const active = await trx
    .selectFrom("generations")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("owner", "=", owner)
    // Those that are hidden because they were deleted still run.
    .where("status", "in", WATCHED_STATUSES)
    .where("stopped_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(active.count) + more > limits.active) throw new Refusal(appError("too_many_active"));
}

const countForAll = (trx: Db, limits: PressLimits, now: number) =>
  countPress(trx, "submit:all", limits.perMinuteAll, now);

async function countPress(trx: Db, scope: string, limit: number, now: number): Promise<void> {
  if (!(await countInMinute(trx, scope, limit, now))) throw new Refusal(appError("too_many_requests"));
}

/**
 * Forgets the counts of minutes that began before `before`, and says how many: every visitor leaves one behind for each minute
 * of pressing.
 */
export async function deleteCounters(before: number): Promise<number> {
  const result = await (await db()).deleteFrom("counters").where("window_start", "<", before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

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

async function changeRow(
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

/**
 * Sends a row once more that nobody could confirm; false when it was not waiting for that. It is one more request and one more
 * that runs, so it is refused as a press would be.
 */
export async function sendAgain(owner: string, id: string, limits: PressLimits, now: number): Promise<Result<boolean>> {
  const handle = await db();
  return orRefused(() =>
    handle.transaction().execute(async (trx) => {
      await lockPresses(trx, owner);
      const change = { status: "submitting" as const, due_at: now, send_since: now, error: null };
      const row = await changeRow(trx, id, ENTERED_FROM.submitting, change);
      if (!row) return ok(false);
      await requireRoom(trx, owner, limits, now, 0);
      await countForAll(trx, limits, now);
      return ok(true);
    }),
  );
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
