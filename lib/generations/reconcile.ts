import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import type { GenerationRow } from "@/lib/db/schema";
import { findOwned, listDue } from "@/lib/generations/data";
import { deleteCounters } from "@/lib/generations/mutations";
import { askAgainMs, READ_WAIT_MS } from "@/lib/generations/policy";
import { toGenerations } from "@/lib/generations/queries";
import type { GenerationsAnswer } from "@/lib/generations/schema";
import { advanceDue } from "@/lib/generations/service";
import { isFinal, isWatched } from "@/lib/generations/transitions";
import { log } from "@/lib/log";
import { sweepVault } from "@/lib/outputs/sweep";
import { copiesUnderWay } from "@/lib/outputs/vault";
import { sweepRemoved } from "@/lib/removals/service";
import { sweepUploads } from "@/lib/uploads/sweep";
import { sweepHost } from "@/lib/uploadthing/service";

/** How often the server looks for rows nobody is reading. Slow on purpose: a page that is open asks by itself. */
export const SWEEP_MS = 5_000;

const SWEEP_BATCH = 100;
// Far longer than any window that is counted, so that servers whose clocks differ do not forget each other's counts.
const COUNTERS_KEPT_MS = 24 * 60 * 60 * 1_000;

/**
 * Moves a visitor's rows along where their time has come, and answers with them in the order asked for; ids of others
 * are left out. Waits at most a second for MindVideo: `work` goes on after that and must be kept alive by the caller.
 */
export async function readAndAdvance(
  owner: string,
  ids: string[],
): Promise<{ answer: GenerationsAnswer; work: Promise<void> }> {
  const before = await findOwned(owner, ids);
  const now = Date.now();
  const due = before.filter((row) => row.due_at !== null && row.due_at <= now).map((row) => row.id);
  const steps = due.length > 0 ? advanceDue(due) : Promise.resolve();
  if (due.length > 0) await Promise.race([steps, delay(READ_WAIT_MS)]);
  const rows = due.length > 0 ? await findOwned(owner, ids) : before;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = ids.flatMap((id) => byId.get(id) ?? []);
  return {
    answer: { generations: await toGenerations(ordered), pollAfterMs: pollAfterMs(ordered) },
    work: steps.then(copiesUnderWay),
  };
}

/** When the earliest of these rows is worth another look; null when none of them will change by itself. */
export function pollAfterMs(rows: GenerationRow[], now = Date.now()): number | null {
  const waits = rows.flatMap((row) => {
    const canChange =
      (isWatched(row.status) && row.stopped_at === null) || (isFinal(row.status) && row.due_at !== null);
    if (!canChange || row.due_at === null) return [];
    return askAgainMs({ dueAt: row.due_at, now, ageMs: now - (row.accepted_at ?? now) });
  });
  return waits.length > 0 ? Math.min(...waits) : null;
}

/** Moves along every row whose time has come, whoever owns it. Several servers may do it at once: claims keep them apart. */
export async function reconcile(): Promise<void> {
  await advanceDue(await listDue(Date.now(), SWEEP_BATCH));
  await sweepRemoved(Date.now());
}

/** Starts the slow sweep of this process; the first round is the reconciliation after a start. Returns how to stop it. */
export function startSweep(): () => void {
  const stops = [
    repeat(async () => {
      await reconcile();
      await deleteCounters(Date.now() - COUNTERS_KEPT_MS);
    }),
    // Apart: neither a store that takes minutes to tidy nor a host that does not answer may hold up a generation.
    repeat(async () => {
      await sweepUploads(Date.now());
      await sweepHost();
    }),
    repeat(() => sweepVault(Date.now())),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function repeat(work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const round = async () => {
    try {
      await work();
    } catch (error) {
      log.error({ event: "sweep_failed", err: error });
    }
    if (!isStopped) timer = setTimeout(round, SWEEP_MS).unref();
  };
  void round();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
