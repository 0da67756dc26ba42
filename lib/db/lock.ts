import "server-only";
import { sql } from "kysely";
import { type Db, isPostgres } from "@/lib/db/client";

/**
 * Lets one transaction about `name` in at a time, until it ends: what it then sums or looks for cannot change under it. On
 * SQLite a write transaction has the whole database to itself anyway. Taken first, before any row is locked.
 */
export async function lockFor(trx: Db, name: string): Promise<void> {
  if (isPostgres(trx)) await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);
}
