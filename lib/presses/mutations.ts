import "server-only";
import { type Db, db } from "@/lib/db/client";
import { countInMinute, minuteEnd } from "@/lib/db/counters";
import { lockFor } from "@/lib/db/lock";
import type { GenerationRow } from "@/lib/db/schema";
import { createTurns } from "@/lib/db/turns";
import { type AppError, appError, type CountDetails } from "@/lib/errors";
import { changeRow } from "@/lib/generations/mutations";
import { STEP_LEASE_MS } from "@/lib/generations/policy";
import { ENTERED_FROM, WATCHED_STATUSES } from "@/lib/generations/transitions";
import { err, ok, type Result } from "@/lib/result";
import { heldFor, reserve, weigh } from "@/lib/spend/mutations";
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
  await countPress(trx, `submit:${owner}`, { limit: limits.perMinute, whose: "visitor" }, now);
  const active = await trx
    .selectFrom("generations")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("owner", "=", owner)
    // Those that are hidden because they were deleted still run.
    .where("status", "in", WATCHED_STATUSES)
    .where("stopped_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(active.count) + more > limits.active) {
    throw new Refusal(appError("too_many_active", { count: { limit: limits.active, whose: "visitor", freeAt: null } }));
  }
}

const countForAll = (trx: Db, limits: PressLimits, now: number) =>
  countPress(trx, "submit:all", { limit: limits.perMinuteAll, whose: "all" }, now);

async function countPress(
  trx: Db,
  scope: string,
  of: Pick<CountDetails, "limit" | "whose">,
  now: number,
): Promise<void> {
  if (await countInMinute(trx, scope, of.limit, now)) return;
  throw new Refusal(appError("too_many_requests", { count: { ...of, freeAt: minuteEnd(now) } }));
}

/**
 * Forgets the counts of minutes that began before `before`, and says how many: every visitor leaves one behind for each minute
 * of pressing.
 */
export async function deleteCounters(before: number): Promise<number> {
  const result = await (await db()).deleteFrom("counters").where("window_start", "<", before).executeTakeFirst();
  return Number(result.numDeletedRows);
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
