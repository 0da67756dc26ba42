/** The numbers of design section 4, in one place, as pure functions of times. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long a claimed step may take before somebody else may do it. Outlasts every timeout of `lib/mindvideo`. */
export const STEP_LEASE_MS = 25 * SECOND;

/** How long a send is tried again, and how long MindVideo may say that it does not know a task it accepted. */
export const GIVE_UP_MS = 10 * MINUTE;

/** Whom a generation belongs to once it is deleted: its row is only there to keep its id taken. */
export const NOBODY = "";

/** From how long after its acceptance on its owner may stop waiting for a task: "Stop watching". */
export const STOP_WATCHING_AFTER_MS = 10 * MINUTE;

/** How often MindVideo is still asked about a task that nobody waits for any more. */
export const STOPPED_POLL_MS = 10 * MINUTE;

/** How soon after one question about such a task its owner may have another asked: "Look again". */
export const LOOK_AGAIN_MS = 5 * SECOND;

/** How soon a browser asks again whether a file is kept, by the time since its end: a copy takes seconds, or something is wrong. */
export const keepAgainMs = (sinceEndMs: number): number => (sinceEndMs < MINUTE ? 2 * SECOND : 30 * SECOND);

/** A reader gets what is stored after this long, even while a step is still under way. */
export const READ_WAIT_MS = SECOND;

export const MAX_PARALLEL_STEPS = 8;

/** From how many finished runs of the same settings on the intervals follow what is known. */
export const MIN_KNOWN_RUNS = 5;

const MAX_UNANSWERED_MS = MINUTE;

/** How long runs of one model with the same resolution and duration took, from accepted to finished. */
export type Pace = { p5: number; p95: number };

/** The 5th and 95th percentile of at least `MIN_KNOWN_RUNS` durations; null with fewer. */
export function paceOf(durations: number[]): Pace | null {
  if (durations.length < MIN_KNOWN_RUNS) return null;
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { p5: at(0.05), p95: at(0.95) };
}

/** The interval when nothing is known but the age of a task. */
export function plainIntervalMs(ageMs: number): number {
  if (ageMs < 3 * MINUTE) return SECOND;
  if (ageMs < 10 * MINUTE) return 3 * SECOND;
  if (ageMs < 30 * MINUTE) return 5 * SECOND;
  if (ageMs < 24 * HOUR) return 15 * SECOND;
  return HOUR;
}

/**
 * How long to wait before MindVideo is asked about a task again.
 * `unanswered` counts polls in a row without an answer; `watched` is how many tasks this server watches in all.
 */
export function pollIntervalMs(facts: {
  ageMs: number;
  pace: Pace | null;
  unanswered: number;
  watched: number;
  requestsPerSecond: number;
}): number {
  const { ageMs, pace, unanswered, watched, requestsPerSecond } = facts;
  const known = (() => {
    if (!pace || ageMs >= pace.p95) return plainIntervalMs(ageMs);
    if (ageMs >= pace.p5) return SECOND;
    // Never past the moment from which on it may be done.
    return Math.max(SECOND, Math.min(4 * SECOND, pace.p5 - ageMs));
  })();
  const grown = unanswered > 0 ? Math.min(known * 2 ** unanswered, Math.max(known, MAX_UNANSWERED_MS)) : known;
  return Math.max(grown, Math.ceil((watched / requestsPerSecond) * SECOND));
}

/**
 * When a browser should ask again about a row: as soon as something is due. A due time beyond the plain interval can
 * be a claim, whose answer may come at any moment, so it is never waited out.
 */
export function askAgainMs(facts: { dueAt: number; now: number; ageMs: number }): number {
  const longest = Math.min(plainIntervalMs(facts.ageMs), MINUTE);
  return Math.min(Math.max(facts.dueAt - facts.now, 100), longest);
}
