import "server-only";
import { env } from "@/lib/env";
import type { PressLimits } from "@/lib/presses/mutations";

/** What this server's owner allows. */
export function pressLimits(): PressLimits {
  const { activeLimitVisitor, submitsPerMinute, submitsPerMinuteAll, spendLimitDaily, spendLimitVisitorDaily } = env();
  return {
    active: activeLimitVisitor,
    perMinute: submitsPerMinute,
    perMinuteAll: submitsPerMinuteAll,
    spend: { all: spendLimitDaily, visitor: spendLimitVisitorDaily },
  };
}

/** A budget of requests a second, shared by everything this server asks of MindVideo. */
export type RequestBudget = {
  /** Takes a place now and returns 0, or returns after how many milliseconds to come back. */
  take(now: number): number;
  /** Gives a place back that was not needed. */
  giveBack(): void;
  /** Counts a request that cannot wait: those after it wait for it. */
  owe(): void;
};

/**
 * A bucket that holds one second's worth: short bursts pass, the average stays at `perSecond`, which may change (it is above
 * 0, and can be below 1: then the bucket holds one).
 */
export function createRequestBudget(perSecond: () => number): RequestBudget {
  let places = Math.max(1, perSecond());
  let filledAt = 0;
  return {
    take(now) {
      const rate = perSecond();
      places = Math.min(Math.max(1, rate), places + (Math.max(0, now - filledAt) / 1_000) * rate);
      filledAt = now;
      if (places >= 1) {
        places -= 1;
        return 0;
      }
      return Math.ceil(((1 - places) / rate) * 1_000);
    },
    giveBack() {
      places += 1;
    },
    owe() {
      places -= 1;
    },
  };
}
