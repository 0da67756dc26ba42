import { describe, expect, it } from "vitest";
import { askAgainMs, paceOf, plainIntervalMs, pollIntervalMs } from "@/lib/generations/policy";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const calm = { pace: null, unanswered: 0, watched: 1, requestsPerSecond: 10 };

describe("plainIntervalMs", () => {
  it.each([
    [0, SECOND],
    [3 * MINUTE - 1, SECOND],
    [3 * MINUTE, 3 * SECOND],
    [10 * MINUTE, 5 * SECOND],
    [30 * MINUTE, 15 * SECOND],
    [24 * HOUR, HOUR],
  ])("after %i ms asks every %i ms", (age, interval) => {
    expect(plainIntervalMs(age)).toBe(interval);
  });
});

describe("paceOf", () => {
  it("knows nothing from four runs", () => {
    expect(paceOf([1, 2, 3, 4])).toBeNull();
  });

  it("gives the 5th and the 95th percentile, whatever the order", () => {
    const durations = Array.from({ length: 101 }, (_, index) => (100 - index) * SECOND);
    expect(paceOf(durations)).toEqual({ p5: 5 * SECOND, p95: 95 * SECOND });
  });
});

describe("pollIntervalMs", () => {
  const pace = { p5: 60 * SECOND, p95: 90 * SECOND };

  it.each([
    ["long before it can be done", 10 * SECOND, 4 * SECOND],
    ["just before it can be done, not past that moment", 57.5 * SECOND, 2.5 * SECOND],
    ["while it can be done any moment", 70 * SECOND, SECOND],
    ["when it takes longer than ever", 5 * MINUTE, 3 * SECOND],
  ])("with a known pace, %s", (_when, ageMs, interval) => {
    expect(pollIntervalMs({ ...calm, pace, ageMs })).toBe(interval);
  });

  it("grows while MindVideo does not answer, up to a minute", () => {
    const waits = [1, 2, 3, 6, 20].map((unanswered) => pollIntervalMs({ ...calm, ageMs: 0, unanswered }));
    expect(waits).toEqual([2 * SECOND, 4 * SECOND, 8 * SECOND, MINUTE, MINUTE]);
  });

  it("never asks sooner after a failure than it would have anyway", () => {
    expect(pollIntervalMs({ ...calm, ageMs: 25 * HOUR, unanswered: 3 })).toBe(HOUR);
  });

  it("stretches so that all tasks together stay within the budget", () => {
    expect(pollIntervalMs({ ...calm, ageMs: 0, watched: 50 })).toBe(5 * SECOND);
  });
});

describe("askAgainMs", () => {
  it.each([
    ["what is due soon", 400, 0, 400],
    ["what is due already", -50, 0, 100],
    ["a claim far ahead, whose answer may come at any moment", 25_000, 0, SECOND],
    ["an old task", 12_000, 40 * MINUTE, 12_000],
    ["a task asked about once an hour", HOUR, 25 * HOUR, MINUTE],
  ])("waits for %s", (_what, ahead, ageMs, expected) => {
    expect(askAgainMs({ dueAt: 1_000_000 + ahead, now: 1_000_000, ageMs })).toBe(expected);
  });
});
