import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import { db } from "@/lib/db/client";
import { EnvError, env } from "@/lib/env";
import { keepLengths } from "@/lib/lengths";
import { log } from "@/lib/log";
import { defaultModel } from "@/lib/models/catalogue";
import { stopCopies } from "@/lib/outputs/vault";
import { START_WAIT_MS, STOP_WAIT_MS } from "@/lib/servers/policy";
import { finishWork, isStopping, joinServers, leaveServers } from "@/lib/servers/service";
import { startSweep } from "@/lib/servers/sweep";
import { isUnavailable } from "@/lib/unavailable";

const ASK_AGAIN_MS = 500;
// Ctrl+C reaches this process twice, from the terminal and from `npm start`; who means it presses again.
const SAME_SIGNAL_MS = 1_000;
const LEAVE_WAIT_MS = 2_000;

/** Brings a server up: reads the environment and the models, opens the database, joins the other servers, starts the sweep. */
export async function start(): Promise<void> {
  keepLengths();
  try {
    const { upstream, databaseUrl, isDevelopment } = env();
    defaultModel();
    await whenThere(async () => {
      await db();
      await joinServers();
    });
    log.info({ event: "started", upstream, database: databaseUrl ? "postgres" : "sqlite" });
    if (!isDevelopment) stopWhenTold(startSweep());
    else startSweep();
  } catch (error) {
    // One clear message instead of a stack: this is the owner's to mend.
    console.error(error instanceof EnvError ? error.message : `The playground could not start: ${reason(error)}`);
    process.exit(1);
  }
}

/** A database that starts beside this server, or after it, is waited for. */
async function whenThere(work: () => Promise<void>): Promise<void> {
  const until = Date.now() + START_WAIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || Date.now() >= until) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message || (error.cause as { code?: string }).code : null;
  return isUnavailable(error)
    ? `the database has not answered for a minute${cause ? ` (${cause})` : ""}. Is it running, and is DATABASE_URL right?`
    : error.message;
}

/**
 * SIGTERM or SIGINT: begin nothing new, finish what has begun, and end with code 0. Next's own handlers know of requests and of
 * what was put behind them, not of the sweep, and end the process as soon as those are over: so they come second. Until
 * then `/api/health` says 503, and a proxy in front takes this server out before its door closes.
 */
function stopWhenTold(stopSweep: () => void): void {
  let toldAt = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const next = process.listeners(signal);
    process.removeAllListeners(signal);
    process.on(signal, async () => {
      if (isStopping()) {
        if (Date.now() - toldAt > SAME_SIGNAL_MS) process.exit(0);
        return;
      }
      toldAt = Date.now();
      process.on("exit", () => {
        process.exitCode = 0;
      });
      setTimeout(() => process.exit(0), STOP_WAIT_MS + LEAVE_WAIT_MS).unref();
      stopSweep();
      // A copy can take longer than anybody waits: it is given back, and gone on with where it broke off.
      const [isFinished] = await Promise.all([
        finishWork(STOP_WAIT_MS),
        Promise.race([stopCopies(), delay(STOP_WAIT_MS)]),
      ]);
      log.info({ event: "stopping", isFinished });
      await Promise.race([leaveServers(), delay(LEAVE_WAIT_MS)]);
      for (const listener of next) listener(signal);
    });
  }
}
