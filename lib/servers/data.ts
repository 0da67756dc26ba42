import "server-only";
import { sql } from "kysely";
import { within } from "@/lib/db/away";
import { db } from "@/lib/db/client";
import { LIVE_MS } from "@/lib/servers/policy";
import { isUnavailable } from "@/lib/unavailable";

/** A page that waits any longer for its database is not one. */
const ANSWER_MS = 4_000;

/** How many servers live on this database, whoever asks among them. */
export async function countServers(now: number): Promise<number> {
  const row = await (await db())
    .selectFrom("servers")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("seen_at", ">", now - LIVE_MS)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

let asking: Promise<boolean> | null = null;

/** Whether the database can be asked: it is asked, once for all who want to know at the same time. */
export async function isDatabaseThere(): Promise<boolean> {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask(): Promise<boolean> {
  try {
    await within(
      ANSWER_MS,
      db().then((handle) => sql`select 1`.execute(handle)),
    );
    return true;
  } catch (error) {
    if (isUnavailable(error)) return false;
    throw error;
  }
}
