import "server-only";
import { type Dialect, PostgresDialect, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { asUnavailable, isKnownAway, noteAnswer, noteLostConnection, within } from "@/lib/db/away";
import { isUnavailable } from "@/lib/unavailable";

const INT8_OID = 20;
const MAX_CONNECTIONS = 20;
// Long enough for a crowd that presses at the same moment, each waiting for those before: that is no database that is away.
const CONNECT_TIMEOUT_MS = 8_000;
const QUERY_TIMEOUT_MS = 10_000;
/** How long either may take once the database is known to be away: whoever asks then is told so soon. */
const AWAY_TIMEOUT_MS = 2_500;

/**
 * Postgres through a pool. Everything ends within seconds, also when nothing comes back at all; a database that is away
 * makes `UnavailableError`. With `patient` a query may take as long as it likes: a migration does.
 */
export function openPostgres(url: string, { patient = false } = {}): Dialect {
  const types = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      // Times and money are bigint columns; both stay far below 2^53.
      oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format),
  };
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: patient ? 2 : MAX_CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: patient ? undefined : QUERY_TIMEOUT_MS,
  });
  // A connection that breaks, resting or in the middle of a transaction, would otherwise end the process; the work on it
  // fails, and the next query opens a new one.
  pool.on("connect", (client) => client.on("error", noteLostConnection));
  // The connection itself has told already.
  pool.on("error", () => {});
  const guarded = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return new PostgresDialect({
    pool: {
      async connect() {
        const connecting = pool.connect().catch((error) => {
          throw asUnavailable(error);
        });
        const client = isKnownAway()
          ? await within(AWAY_TIMEOUT_MS, connecting, (late) => late.release())
          : await connecting;
        const known = guarded.get(client) ?? guard(client);
        guarded.set(client, known);
        return known;
      },
      end: () => pool.end(),
    },
  });
}

/** A connection that says in our words when the database is away, and is not given to anybody else after that. */
function guard(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false;
  const query = async (text: string, parameters: unknown[]) => {
    try {
      const asking = client.query(text, parameters);
      const result = await (isKnownAway() ? within(AWAY_TIMEOUT_MS, asking) : asking);
      noteAnswer();
      return result;
    } catch (thrown) {
      const error = asUnavailable(thrown);
      if (isUnavailable(error)) isBroken = true;
      else noteAnswer();
      throw error;
    }
  };
  return {
    // Kysely asks in this one way; the other overload, for cursors, is not used here.
    query: query as unknown as PostgresPoolClient["query"],
    release: () => client.release(isBroken),
  };
}
