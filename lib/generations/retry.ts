import "server-only";
import type { GenerationRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { countWatched, listRuns } from "@/lib/generations/data";
import { type Pace, paceOf, pollIntervalMs, STOPPED_POLL_MS } from "@/lib/generations/policy";

const KNOWN_FOR_MS = 30_000;

/**
 * When MindVideo is asked again about a task, in milliseconds from `now`: by how long runs like it took, how much is running, and
 * how often in a row it did not answer. `since` is when the task was accepted.
 */
export async function intervalMs(row: GenerationRow, since: number, now: number, unanswered: number): Promise<number> {
  const [pace, watched] = await Promise.all([paceFor(row), watchedCount(now)]);
  const known = pollIntervalMs({ ageMs: now - since, pace, unanswered, watched, requestsPerSecond: env().vendorRps });
  return row.stopped_at === null ? known : Math.max(known, STOPPED_POLL_MS);
}

let watchedCache = { at: 0, count: 0 };

async function watchedCount(now: number): Promise<number> {
  if (now - watchedCache.at > 1_000 || now < watchedCache.at) watchedCache = { at: now, count: await countWatched() };
  return watchedCache.count;
}

const paces = new Map<string, { at: number; pace: Pace | null }>();

/** How long runs like this one took; null while fewer than five are known. */
async function paceFor(row: GenerationRow): Promise<Pace | null> {
  const key = `${row.model} ${settingsOf(row.input)}`;
  const cached = paces.get(key);
  if (cached && Date.now() - cached.at < KNOWN_FOR_MS) return cached.pace;
  const runs = await listRuns(row.model);
  const wanted = settingsOf(row.input);
  const pace = paceOf(runs.filter((run) => settingsOf(run.input) === wanted).map((run) => run.tookMs));
  if (paces.size > 100) paces.clear();
  paces.set(key, { at: Date.now(), pace });
  return pace;
}

function settingsOf(input: string): string {
  const { resolution, duration } = JSON.parse(input) as Record<string, unknown>;
  return JSON.stringify([resolution ?? null, duration ?? null]);
}
