import "server-only";
import type { Db } from "@/lib/db/client";
import { lockFor } from "@/lib/db/lock";
import type { GenerationRow } from "@/lib/db/schema";
import { type AppError, appError } from "@/lib/errors";
import { isFinal, WATCHED_STATUSES } from "@/lib/generations/transitions";
import { err, ok, type Result } from "@/lib/result";
import { findExpected, findSpend } from "@/lib/spend/data";
import { dayOf, finalCost, resetsAt, scopeOf } from "@/lib/spend/policy";
import type { SpendLimits, Upstream } from "@/lib/spend/schema";

type Priced = { id: string; owner: string; model: string; upstream: Upstream; settings: string };

/**
 * Holds what a new row will cost, for all and for its owner, in the transaction that inserts it. Refuses with `over_limit`,
 * `over_limit_visitor` or `price_unknown`; the caller then undoes the whole transaction. The books are kept without limits,
 * too, so that they are right when one is set. Rows are locked in this order everywhere: the generation, all, the visitor.
 */
export async function reserve(
  trx: Db,
  row: Priced,
  limits: SpendLimits,
  now: number,
): Promise<Result<{ reserved: number; spend_day: string }>> {
  const day = dayOf(now);
  const cost = await costOf(trx, row, limits, now);
  if (!cost.ok) return cost;
  for (const { scope, limit, code } of [
    { scope: scopeOf(row.upstream, "all"), limit: limits.all, code: "over_limit" as const },
    { scope: scopeOf(row.upstream, row.owner), limit: limits.visitor, code: "over_limit_visitor" as const },
  ]) {
    if (await hold(trx, scope, day, cost.value, limit)) continue;
    return err(await refusal(trx, code, { scope, limit, now }));
  }
  const booked = { reserved: cost.value ?? 0, spend_day: day };
  await trx.updateTable("generations").set(booked).where("id", "=", row.id).execute();
  return ok(booked);
}

/** What to hold for a row; null when nobody knows its price, and it may run all the same. */
async function costOf(trx: Db, row: Priced, limits: SpendLimits, now: number): Promise<Result<number | null>> {
  const known = await findExpected(trx, row);
  if (known) return ok(known.cost);
  if (limits.all === null && limits.visitor === null) return ok(null);
  // Two at once would both find that none is running.
  await lockFor(trx, `price:${row.upstream}:${row.model}`);
  const learned = await findExpected(trx, row);
  if (learned) return ok(learned.cost);
  if (!(await isOneRunning(trx, row, dayOf(now)))) return ok(null);
  const whose = limits.all === null ? row.owner : "all";
  const scope = scopeOf(row.upstream, whose);
  return err(await refusal(trx, "price_unknown", { scope, limit: limits.all ?? limits.visitor, now }));
}

/**
 * Whether another generation of the model has not ended, whoever's it is. One whose owner gave up on it, or never decided
 * about it, stands in the way on its own day only: it may never end.
 */
async function isOneRunning(trx: Db, row: Priced, day: string): Promise<boolean> {
  const other = await trx
    .selectFrom("generations")
    .select("id")
    .where("model", "=", row.model)
    .where("upstream", "=", row.upstream)
    .where("id", "!=", row.id)
    .where((where) =>
      where.or([
        where.and([where("status", "in", WATCHED_STATUSES), where("stopped_at", "is", null)]),
        where.and([where("status", "in", [...WATCHED_STATUSES, "unconfirmed"]), where("spend_day", "=", day)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** False, and nothing held, when it does not fit. What costs an unknown amount (null) fits while anything is left. */
async function hold(trx: Db, scope: string, day: string, cost: number | null, limit: number | null): Promise<boolean> {
  await openBook(trx, scope, day);
  let query = trx
    .updateTable("spend")
    .set((spend) => ({ reserved: spend("reserved", "+", cost ?? 0) }))
    .where("scope", "=", scope)
    .where("day", "=", day);
  if (limit !== null) {
    query = query.where((spend) => spend(spend("reserved", "+", spend.ref("spent")), "<=", limit - (cost ?? 1)));
  }
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

async function openBook(trx: Db, scope: string, day: string): Promise<void> {
  await trx
    .insertInto("spend")
    .values({ scope, day })
    .onConflict((conflict) => conflict.columns(["scope", "day"]).doNothing())
    .execute();
}

async function refusal(
  trx: Db,
  code: "over_limit" | "over_limit_visitor" | "price_unknown",
  { scope, limit, now }: { scope: string; limit: number | null; now: number },
): Promise<AppError> {
  const booked = await findSpend(trx, scope, dayOf(now));
  return appError(code, { details: { limit: limit ?? 0, ...booked, resetsAt: resetsAt(now) } });
}

/**
 * Books what a state means that a row has just entered, in the transaction of that write. A final one is settled: what was
 * held becomes what was spent. One that was accepted with a higher estimate holds that much from now on, also above a
 * limit: it runs, and what comes after it must not spend its money. Prices are learned on the way.
 */
export async function book(trx: Db, row: GenerationRow, now: number): Promise<void> {
  const { upstream, settings, spend_day: day } = row;
  // From before there were books.
  if (upstream === null || settings === null || day === null) return;
  if (isFinal(row.status)) {
    await move(trx, { ...row, upstream, day }, { reserved: -row.reserved, spent: finalCost(row) });
  } else if ((row.cost_estimate ?? 0) > row.reserved) {
    await move(trx, { ...row, upstream, day }, { reserved: (row.cost_estimate ?? 0) - row.reserved, spent: 0 });
  }
  await learn(trx, { ...row, upstream, settings }, now);
}

async function move(
  trx: Db,
  row: { id: string; owner: string; upstream: Upstream; day: string; reserved: number },
  by: { reserved: number; spent: number },
): Promise<void> {
  for (const whose of ["all", row.owner]) {
    await trx
      .updateTable("spend")
      .set((spend) => ({ reserved: spend("reserved", "+", by.reserved), spent: spend("spent", "+", by.spent) }))
      .where("scope", "=", scopeOf(row.upstream, whose))
      .where("day", "=", row.day)
      .execute();
  }
  const reserved = row.reserved + by.reserved;
  await trx.updateTable("generations").set({ reserved }).where("id", "=", row.id).execute();
}

/** What was charged for a clip is its price from then on; an estimate only where there is none yet. */
async function learn(trx: Db, row: GenerationRow & { upstream: Upstream; settings: string }, now: number) {
  const isCharged = row.status === "succeeded";
  const cost = isCharged ? (row.cost_actual ?? row.cost_estimate) : row.cost_estimate;
  if (cost === null || (isFinal(row.status) && !isCharged)) return;
  await trx
    .insertInto("prices")
    .values({ upstream: row.upstream, model: row.model, settings: row.settings, cost, seen_at: now })
    .onConflict((conflict) => {
      const known = conflict.columns(["upstream", "model", "settings"]);
      return isCharged ? known.doUpdateSet({ cost, seen_at: now }) : known.doNothing();
    })
    .execute();
}
