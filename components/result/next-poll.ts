const SOONEST_MS = 200;
const USUAL_MS = 1000;
const LONGEST_BACKOFF_MS = 15_000;

type PollState = { isRunning: boolean; pollAfterMs: number | null; hasFailed: boolean; sinceAnswerMs: number };

/**
 * When to ask the server again: as it said itself, and ever more slowly while it does not answer. False when nothing
 * is running. The back-off grows with the time since the last answer, so it needs no counter.
 */
export function nextPollMs({ isRunning, pollAfterMs, hasFailed, sinceAnswerMs }: PollState): number | false {
  if (!isRunning) return false;
  const usual = Math.max(SOONEST_MS, pollAfterMs ?? USUAL_MS);
  if (!hasFailed) return usual;
  return Math.min(LONGEST_BACKOFF_MS, Math.max(USUAL_MS, sinceAnswerMs / 2));
}
