import "server-only";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { isUnavailable, UnavailableError } from "@/lib/unavailable";

const LOST_LINE_EVERY_MS = 10_000;

// The system's and the database's own words for "not now". Class 08 is a broken connection, 57P a database that is being
// stopped or started, 53 one that is full, 25006 one that only reads because another has taken over.
const SYSTEM = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
  ...["ENOTFOUND", "EAI_AGAIN", "ENOENT", "EADDRNOTAVAIL"],
]);
const POSTGRES = /^(08...|57P0[1-5]|53...|25006)$/;
const SQLITE = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|CANTOPEN|PROTOCOL)/;
// `pg` has no codes for what it finds out by itself.
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after|The server does not support SSL connections|Connection ended unexpectedly)/;

const shared = globalThis as { playgroundDatabase?: { isThere: boolean; awaySince: number | null; toldAt: number } };
shared.playgroundDatabase ??= { isThere: false, awaySince: null, toldAt: 0 };
const state = shared.playgroundDatabase;

function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isAway);
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && (SYSTEM.has(code) || POSTGRES.test(code) || SQLITE.test(code))) return true;
  return WORDS.test(error.message);
}

/** What is thrown in place of `error`, which came out of the database's driver: `UnavailableError` when the database is away. */
export function asUnavailable(error: unknown, now = Date.now()): unknown {
  if (isUnavailable(error) || !isAway(error)) return error;
  if (state.awaySince === null) {
    Object.assign(state, { isThere: false, awaySince: now });
    metrics().databaseUp.set(0);
    // Once, whatever is asked of it meanwhile.
    log.warn({ event: "database_away", err: error });
  }
  return new UnavailableError(error);
}

/** Notes that the database has answered. */
export function noteAnswer(now = Date.now()): void {
  if (state.isThere) return;
  if (state.awaySince !== null) log.info({ event: "database_back", awayMs: now - state.awaySince });
  Object.assign(state, { isThere: true, awaySince: null });
  metrics().databaseUp.set(1);
}

/** Notes a connection that broke while nobody used it, or under whoever did. Twenty break at once: one line is enough. */
export function noteLostConnection(error: Error, now = Date.now()): void {
  if (now - state.toldAt < LOST_LINE_EVERY_MS) return;
  state.toldAt = now;
  log.warn({ event: "database_connection_lost", err: error });
}

/** Whether the database was away when it was last asked: then nobody waits for long. */
export const isKnownAway = (): boolean => state.awaySince !== null;

/**
 * What comes within `ms`; `UnavailableError` when nothing does, and then the database is taken to be away. Whatever comes
 * later is given to `late`.
 */
export async function within<T>(ms: number, coming: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      coming.then(late, () => {});
      reject(asUnavailable(new Error("Query read timeout")));
    }, ms);
  });
  try {
    return await Promise.race([coming, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
