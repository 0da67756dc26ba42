import "server-only";
import { MindVideoError } from "@/lib/mindvideo/errors";

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
const MAX_RETRY_AFTER_MS = 120_000;

/** How long to wait after the `attempt`-th failure (from 1), in ms: 1 s, 2 s, 4 s ... 30 s, each give or take a quarter. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const doublings = Math.min(Math.max(Math.trunc(attempt), 1) - 1, 10);
  const jittered = FIRST_BACKOFF_MS * 2 ** doublings * (0.75 + random() / 2);
  return Math.min(Math.round(jittered), MAX_BACKOFF_MS);
}

/**
 * Reads Retry-After, seconds or an HTTP date, as ms: two minutes at most, whoever asks for more is asked again. Null when it is
 * absent or unreadable; a date gone by is 0.
 */
export function parseRetryAfter(value: string | null, now: number = Date.now()): number | null {
  const text = value?.trim();
  if (!text) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), MAX_RETRY_AFTER_MS);
  // Date.parse reads far more than HTTP dates ("-5" is a year), and every HTTP date begins with a weekday.
  const at = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), MAX_RETRY_AFTER_MS);
}

/**
 * How long to wait before the same request may be sent again, in ms: what Retry-After asked for (two minutes at most), else
 * the backoff. "Retry-After: 0" counts as not said, or a broken server would be asked without a pause.
 */
export function retryDelayMs(error: unknown, attempt: number, random: () => number = Math.random): number {
  const asked = error instanceof MindVideoError ? error.retryAfterMs : null;
  return asked ? Math.min(asked, MAX_RETRY_AFTER_MS) : backoffMs(attempt, random);
}

/** Whether sending the same key and bytes again can help. Anything thrown that is not a `MindVideoError` is a bug: no. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof MindVideoError)) return false;
  if (error.kind !== "http") return true;
  const status = error.status ?? 0;
  return status === 408 || status === 429 || status >= 500;
}
