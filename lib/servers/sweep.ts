import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import { reconcile } from "@/lib/generations/reconcile";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { sweepVault } from "@/lib/outputs/sweep";
import { copiesUnderWay } from "@/lib/outputs/vault";
import { deleteCounters } from "@/lib/presses/mutations";
import { sweepRemoved } from "@/lib/removals/service";
import { sweepSandbox } from "@/lib/sandbox/sweep";
import { HEARTBEAT_MS, SWEEP_MS } from "@/lib/servers/policy";
import { heartbeat, isStopping } from "@/lib/servers/service";
import { isUnavailable } from "@/lib/unavailable";
import { sweepUploads } from "@/lib/uploads/sweep";
import { sweepHost } from "@/lib/uploadthing/service";

const MINUTE_MS = 60_000;
// Far longer than any window that is counted, so that servers whose clocks differ do not forget each other's counts.
const COUNTERS_KEPT_MS = 24 * 60 * MINUTE_MS;

type Chore = {
  everyMs: number;
  /** Does what is due now, until about `until`, and says how much that was. Several servers may do it at once. */
  work: (until: number) => Promise<number>;
};

/**
 * What has to be done although nobody asks for it. Each has rounds of its own: neither a store that takes minutes to tidy nor a
 * host that does not answer may hold up a generation.
 */
const CHORES: Record<string, Chore> = {
  generations: { everyMs: SWEEP_MS, work: reconcile },
  copies: { everyMs: SWEEP_MS, work: () => sweepVault(Date.now()) },
  uploads: { everyMs: SWEEP_MS, work: () => sweepUploads(Date.now()) },
  hosted: { everyMs: SWEEP_MS, work: () => sweepHost() },
  sandbox: { everyMs: SWEEP_MS, work: () => sweepSandbox(Date.now()) },
  removed: { everyMs: SWEEP_MS, work: () => sweepRemoved(Date.now()) },
  counters: { everyMs: 10 * MINUTE_MS, work: () => deleteCounters(Date.now() - COUNTERS_KEPT_MS) },
};

async function round(name: string, chore: Chore, until: number): Promise<number> {
  try {
    const done = await chore.work(until);
    metrics().sweepRounds.inc({ chore: name, result: "done" });
    return done;
  } catch (error) {
    metrics().sweepRounds.inc({ chore: name, result: isUnavailable(error) ? "away" : "failed" });
    // That the database is away is told once, where it is noticed.
    if (!isUnavailable(error)) log.error({ event: "sweep_failed", chore: name, err: error });
    return 0;
  }
}

/** Starts the slow sweep of this process; the first round is the reconciliation after a start. Returns how to stop it. */
export function startSweep(): () => void {
  const stops = Object.entries(CHORES).map(([name, chore]) =>
    repeat(chore.everyMs, () => round(name, chore, Number.POSITIVE_INFINITY)),
  );
  stops.push(repeat(HEARTBEAT_MS, () => round("heartbeat", { everyMs: HEARTBEAT_MS, work: heartbeat }, 0)));
  return () => {
    for (const stop of stops) stop();
  };
}

/**
 * One round of every chore, for a host whose processes sleep between requests: answers after `forMs` at the latest with what was
 * done by then. `work` is what goes on after that; the caller keeps it alive.
 */
export async function sweepOnce(forMs: number): Promise<{ done: Record<string, number>; work: Promise<unknown> }> {
  const until = Date.now() + forMs;
  const done: Record<string, number> = Object.fromEntries(Object.keys(CHORES).map((name) => [name, 0]));
  const work = Promise.all(
    Object.entries(CHORES).map(async ([name, chore]) => {
      done[name] = await round(name, chore, until);
    }),
  );
  await Promise.race([work, delay(forMs)]);
  // What was begun to be copied goes on beside all that.
  return { done: { ...done }, work: work.then(copiesUnderWay) };
}

function repeat(everyMs: number, work: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const next = async () => {
    await work();
    if (!isStopped && !isStopping()) timer = setTimeout(next, everyMs).unref();
  };
  void next();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
