import "server-only";
import { type Db, db } from "@/lib/db/client";
import { lockFor } from "@/lib/db/lock";
import { FORGET_MS, LIVE_MS } from "@/lib/servers/policy";

export type Server = {
  id: string;
  /** The id that lies in its DATA_DIR. */
  dataDir: string;
};

/**
 * Takes a server in among those that live, unless `mayBeApart` is false and one of them has another DATA_DIR: then the answer is
 * false, and nothing was written. Of two that start at once the second one sees the first.
 */
export async function insertServer(server: Server, mayBeApart: boolean, now: number): Promise<boolean> {
  return (await db()).transaction().execute(async (trx) => {
    await lockFor(trx, "servers");
    if (!mayBeApart && (await hasStranger(trx, server.dataDir, now))) return false;
    await trx
      .deleteFrom("servers")
      .where("seen_at", "<", now - FORGET_MS)
      .execute();
    await beat(trx, server, now);
    return true;
  });
}

async function hasStranger(trx: Db, dataDir: string, now: number): Promise<boolean> {
  const stranger = await trx
    .selectFrom("servers")
    .select("id")
    .where("data_dir", "!=", dataDir)
    .where("seen_at", ">", now - LIVE_MS)
    .executeTakeFirst();
  return stranger !== undefined;
}

async function beat(handle: Db, { id, dataDir }: Server, now: number): Promise<void> {
  await handle
    .insertInto("servers")
    .values({ id, data_dir: dataDir, started_at: now, seen_at: now })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ seen_at: now }))
    .execute();
}

/** Says that a server lives. One that was taken for dead, and forgotten, is there again. */
export async function touchServer(server: Server, now: number): Promise<void> {
  await beat(await db(), server, now);
}

/** Takes out a server that leaves in good order, so that nobody counts it for another half minute. */
export async function deleteServer(id: string): Promise<void> {
  await (await db()).deleteFrom("servers").where("id", "=", id).execute();
}
