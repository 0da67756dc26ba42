import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import type { GenerationRow } from "@/lib/db/schema";
import { findOwned, listDue } from "@/lib/generations/data";
import { askAgainMs, keepAgainMs, READ_WAIT_MS } from "@/lib/generations/policy";
import { toGenerations } from "@/lib/generations/queries";
import type { Generation, GenerationsAnswer } from "@/lib/generations/schema";
import { advanceDue } from "@/lib/generations/service";
import { isFinal, isWatched } from "@/lib/generations/transitions";
import { keepCopying } from "@/lib/outputs/vault";

const SWEEP_BATCH = 100;

/**
 * Moves a visitor's rows along where their time has come, and answers with them in the order asked for; ids of others
 * are left out. Waits at most a second for MindVideo: `work` goes on after that and must be kept alive by the caller.
 */
export async function readAndAdvance(
  owner: string,
  ids: string[],
): Promise<{ answer: GenerationsAnswer; work: Promise<unknown> }> {
  const before = await findOwned(owner, ids);
  const now = Date.now();
  const due = before.filter((row) => row.due_at !== null && row.due_at <= now).map((row) => row.id);
  const steps = due.length > 0 ? advanceDue(due) : Promise.resolve();
  if (due.length > 0) await Promise.race([steps, delay(READ_WAIT_MS)]);
  const rows = due.length > 0 ? await findOwned(owner, ids) : before;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = ids.flatMap((id) => byId.get(id) ?? []);
  const generations = await toGenerations(ordered);
  const keptAfter = keptAfterMs(generations);
  return {
    answer: { generations, pollAfterMs: soonest(pollAfterMs(ordered), keptAfter) },
    // Where nothing is to be copied, nobody has to look for it.
    work: keptAfter === null ? steps : steps.then(keepCopying),
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

/** When it is worth asking whether files are kept; null when that is known of all of them. */
export function keptAfterMs(generations: Generation[], now = Date.now()): number | null {
  const ends = generations.flatMap(({ outputs, finishedAt }) =>
    outputs.some(({ keep }) => keep.state === "pending") ? (finishedAt ?? now) : [],
  );
  return ends.length > 0 ? keepAgainMs(now - Math.max(...ends)) : null;
}

function soonest(...waits: (number | null)[]): number | null {
  const known = waits.filter((wait) => wait !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/**
 * Moves along every row whose time has come, whoever owns it, and says how many that were; begins no more after `until`.
 * Several servers may do it at once: claims keep them apart.
 */
export async function reconcile(until = Number.POSITIVE_INFINITY): Promise<number> {
  let advanced = 0;
  for (let found = SWEEP_BATCH; found === SWEEP_BATCH && Date.now() < until; ) {
    const due = await listDue(Date.now(), SWEEP_BATCH);
    const won = await advanceDue(due, until);
    advanced += won;
    // Where others have taken all of them there is nothing to do here.
    found = won > 0 ? due.length : 0;
  }
  return advanced;
}
