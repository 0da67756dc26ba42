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

const DAY_MS = 24 * 60 * 60 * 1_000;

type Press = { owner: string; model: string; upstream: Upstream; settings: string };

/**
 * What to hold for a press, in millionths; null when nobody knows, and it may run all the same. Refuses with `price_unknown`
 * while another one of such a model runs, and with `over_limit` or `over_limit_visitor` what plainly does not fit: whoever presses on
 * against a limit keeps nobody waiting. Without limits nothing is refused.
 */
export async function weigh(trx: Db, press: Press, limits: SpendLimits, now: number): Promise<Result<number | null>> {
  const known = await findExpected(trx, press);
  if (limits.all === null && limits.visitor === null) return ok(known?.cost ?? null);
  const cost = known ? ok(known.cost) : await requireAlone(trx, press, limits, now);
  if (!cost.ok) return cost;
  for (const { limit, scope, code } of booksOf(press, limits)) {
    if (limit === null) continue;
    const { reserved, spent } = await findSpend(trx, scope, dayOf(now));
    if (reserved + spent > limit - roomFor(cost.value)) return err(await refusal(trx, code, { scope, limit, now }));
  }
  return cost;
}

/** What the row of a press says of the money that `reserve` holds for it. */
export const heldFor = (cost: number | null, now: number) => ({ reserved: cost ?? 0, spend_day: dayOf(now) });

/**
 * Holds what a new row will cost, for all and for its owner, in the transaction that inserts it. What does not fit is
 * `over_limit` or `over_limit_visitor`, and the caller then undoes the whole transaction; null when it is held. The books are kept
 * without limits, too, so that they are right when one is set. Rows are locked in this order everywhere: the generation, counters, prices, all,
 * the visitor.
 */
export async function reserve(
  trx: Db,
  press: Press,
  cost: number | null,
  limits: SpendLimits,
  now: number,
): Promise<AppError | null> {
  for (const { limit, scope, code } of booksOf(press, limits)) {
    const most = limit === null ? null : limit - roomFor(cost);
    if (!(await hold(trx, scope, heldFor(cost, now), most))) return refusal(trx, code, { scope, limit, now });
  }
  return null;
}

const booksOf = ({ upstream, owner }: Press, limits: SpendLimits) => [
  { limit: limits.all, scope: scopeOf(upstream, "all"), code: "over_limit" as const },
  { limit: limits.visitor, scope: scopeOf(upstream, owner), code: "over_limit_visitor" as const },
];

/** What costs an unknown amount fits while anything is left. */
const roomFor = (cost: number | null) => cost ?? 1;

async function requireAlone(trx: Db, press: Press, limits: SpendLimits, now: number): Promise<Result<number | null>> {
  // Two at once would both find that none is running.
  await lockFor(trx, `price:${press.upstream}:${press.model}`);
  const learned = await findExpected(trx, press);
  if (learned) return ok(learned.cost);
  if (!(await isOneRunning(trx, press, now))) return ok(null);
  const scope = scopeOf(press.upstream, limits.all === null ? press.owner : "all");
  return err(await refusal(trx, "price_unknown", { scope, limit: limits.all ?? limits.visitor, now }));
}

/**
 * Whether a generation of the model has not ended, whoever's it is. Any may never end, and its owner never come back: it
 * stands in the way for a day, and one that its owner gave up on, or never decided about, on its own day only.
 */
async function isOneRunning(trx: Db, { model, upstream }: Press, now: number): Promise<boolean> {
  const other = await trx
    .selectFrom("generations")
    .select("id")
    .where("model", "=", model)
    .where("upstream", "=", upstream)
    .where((where) =>
      where.or([
        where.and([
          where("status", "in", WATCHED_STATUSES),
          where("stopped_at", "is", null),
          where("send_since", ">", now - DAY_MS),
        ]),
        where.and([where("status", "in", [...WATCHED_STATUSES, "unconfirmed"]), where("spend_day", "=", dayOf(now))]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** False, and nothing held, where more than `most` is held or spent already; null is no limit. */
async function hold(
  trx: Db,
  scope: string,
  { reserved, spend_day: day }: { reserved: number; spend_day: string },
  most: number | null,
): Promise<boolean> {
  if (most !== null && most < 0) return false;
  const held = await trx
    .insertInto("spend")
    .values({ scope, day, reserved })
    .onConflict((conflict) => {
      const book = conflict
        .columns(["scope", "day"])
        .doUpdateSet((set) => ({ reserved: set("spend.reserved", "+", reserved) }));
      return most === null
        ? book
        : book.where((book) => book(book("spend.reserved", "+", book.ref("spend.spent")), "<=", most));
    })
    .returning("day")
    .executeTakeFirst();
  return held !== undefined;
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
  await learn(trx, { ...row, upstream, settings }, now);
  if (isFinal(row.status)) {
    await move(trx, { ...row, upstream, day }, { reserved: -row.reserved, spent: finalCost(row) });
  } else if ((row.cost_estimate ?? 0) > row.reserved) {
    await move(trx, { ...row, upstream, day }, { reserved: (row.cost_estimate ?? 0) - row.reserved, spent: 0 });
  }
}

async function move(
  trx: Db,
  row: { id: string; owner: string; upstream: Upstream; day: string; reserved: number },
  by: { reserved: number; spent: number },
): Promise<void> {
  const reserved = row.reserved + by.reserved;
  await trx.updateTable("generations").set({ reserved }).where("id", "=", row.id).execute();
  // The busiest rows last.
  for (const whose of ["all", row.owner]) {
    await trx
      .updateTable("spend")
      .set((spend) => ({ reserved: spend("reserved", "+", by.reserved), spent: spend("spent", "+", by.spent) }))
      .where("scope", "=", scopeOf(row.upstream, whose))
      .where("day", "=", row.day)
      .execute();
  }
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
