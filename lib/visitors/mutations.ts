import "server-only";
import { type Db, db } from "@/lib/db/client";
import { lockFor } from "@/lib/db/lock";
import { CODE_MEMORY_MS, type CodeLane, waitAfter } from "@/lib/visitors/limits";

/** Stores a setting unless there is one: of several servers starting at once, the first wins. */
export async function createSetting(name: string, value: string): Promise<void> {
  await (await db())
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}

/**
 * Takes one try of a code in every lane, counted as wrong until `forgiveTry`, so that a hundred at once are no way around a
 * wait. `isTaken` false: not yet, and nothing was counted. `waitMs` is how long until the next one is taken.
 */
export async function takeTry(lanes: CodeLane[], now: number): Promise<{ isTaken: boolean; waitMs: number }> {
  return (await db()).transaction().execute(async (trx) => {
    await lockFor(trx, "code-tries");
    const tries = [];
    for (const lane of lanes) tries.push({ lane, ...(await findTries(trx, lane, now)) });
    const waitMs = Math.max(...tries.map(({ nextAt }) => nextAt - now));
    if (waitMs > 0) return { isTaken: false, waitMs };
    const waits: number[] = [];
    for (const { lane, wrong } of tries) {
      const wait = waitAfter(wrong + 1, lane);
      await storeTries(trx, lane, wrong + 1, now + wait);
      waits.push(wait);
    }
    return { isTaken: true, waitMs: Math.max(...waits) };
  });
}

/** Takes back that a try was wrong. An address starts anew; what others tried still counts for all of them. */
export async function forgiveTry(lanes: CodeLane[], now: number): Promise<void> {
  await (await db()).transaction().execute(async (trx) => {
    await lockFor(trx, "code-tries");
    for (const [index, lane] of lanes.entries()) {
      const { wrong } = await findTries(trx, lane, now);
      await storeTries(trx, lane, index === 0 ? Math.max(0, wrong - 1) : 0, now);
    }
  });
}

// One row a lane. It says until when its count is remembered, which is also when the sweep may take it away.
async function findTries(trx: Db, { scope }: CodeLane, now: number) {
  const row = await trx
    .selectFrom("counters")
    .select(["count", "window_start"])
    .where("scope", "=", scope)
    .where("window_start", ">", now)
    .executeTakeFirst();
  return { wrong: row?.count ?? 0, nextAt: (row?.window_start ?? 0) - CODE_MEMORY_MS };
}

async function storeTries(trx: Db, { scope }: CodeLane, wrong: number, nextAt: number): Promise<void> {
  await trx.deleteFrom("counters").where("scope", "=", scope).execute();
  if (wrong === 0) return;
  await trx
    .insertInto("counters")
    .values({ scope, window_start: nextAt + CODE_MEMORY_MS, count: wrong })
    .execute();
}
