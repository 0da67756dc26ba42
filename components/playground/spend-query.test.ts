// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { spendQuery } from "@/components/playground/spend-query";
import type { SpendView } from "@/lib/spend/schema";

const EVENING = Date.UTC(2026, 0, 1, 23, 0);
const MIDNIGHT = Date.UTC(2026, 0, 2);
const MINUTE_MS = 60_000;

const left = { limit: 2_000_000, spent: 1_900_000, reserved: 0, left: 100_000 };
const view = (all: SpendView["left"]["all"]): SpendView => ({
  expected: null,
  left: { all, visitor: null },
  resetsAt: MIDNIGHT,
});

const asked = vi.fn(async () => Response.json({ ...view({ ...left, spent: 0 }), resetsAt: MIDNIGHT + 86_400_000 }));

beforeEach(() => {
  vi.useFakeTimers({ now: EVENING });
  vi.stubGlobal("fetch", asked);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  asked.mockClear();
});

function watch(known: SpendView) {
  const observer = new QueryObserver(new QueryClient(), spendQuery("m", "s", { view: known, at: EVENING }));
  return { observer, stop: observer.subscribe(() => {}) };
}

it("asks what is left when the limit has begun anew, once, and not before", async () => {
  const { observer, stop } = watch(view(left));
  await vi.advanceTimersByTimeAsync(59 * MINUTE_MS);
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(3 * MINUTE_MS);
  expect(asked).toHaveBeenCalledOnce();
  expect(observer.getCurrentResult().data?.left.all?.spent).toBe(0);
  stop();
});

it("asks nothing by itself where no limit is set", async () => {
  const { stop } = watch(view(null));
  await vi.advanceTimersByTimeAsync(180 * MINUTE_MS);
  expect(asked).not.toHaveBeenCalled();
  stop();
});
