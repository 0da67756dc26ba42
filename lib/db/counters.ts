import "server-only";
import { sql } from "kysely";
import type { Db } from "@/lib/db/client";

const MINUTE_MS = 60_000;

/** When the minute of `now` is over, and counting begins anew. */
export const minuteEnd = (now: number): number => (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;

/** Counts one more of `scope` in the minute of `now`; false, and nothing counted, when there were `limit` already. */
export async function countInMinute(handle: Db, scope: string, limit: number, now: number): Promise<boolean> {
  const counted = await handle
    .insertInto("counters")
    .values({ scope, window_start: Math.floor(now / MINUTE_MS) * MINUTE_MS, count: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(["scope", "window_start"])
        .doUpdateSet({ count: sql`counters.count + 1` })
        .where("counters.count", "<", limit),
    )
    .returning("count")
    .executeTakeFirst();
  return counted !== undefined;
}
