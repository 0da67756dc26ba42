import { describe, expect, it } from "vitest";
import { mergeGenerations } from "@/components/result/merge-generations";
import { nextPollMs } from "@/components/result/next-poll";
import type { Generation } from "@/lib/generations/schema";

describe("nextPollMs", () => {
  const state = { isRunning: true, pollAfterMs: 3000, hasFailed: false, sinceAnswerMs: 0 };

  it("asks when the server says so and stops when nothing runs", () => {
    expect(nextPollMs(state)).toBe(3000);
    expect(nextPollMs({ ...state, pollAfterMs: null })).toBe(1000);
    expect(nextPollMs({ ...state, pollAfterMs: 0 })).toBe(200);
    expect(nextPollMs({ ...state, isRunning: false })).toBe(false);
  });

  it("backs off to fifteen seconds while the server does not answer, and never gives up", () => {
    const failed = { ...state, hasFailed: true };
    expect(nextPollMs({ ...failed, sinceAnswerMs: 500 })).toBe(1000);
    expect(nextPollMs({ ...failed, sinceAnswerMs: 8000 })).toBe(4000);
    expect(nextPollMs({ ...failed, sinceAnswerMs: 3_600_000 })).toBe(15_000);
  });
});

describe("mergeGenerations", () => {
  const row = (id: string, status: Generation["status"], createdAt = 1) => ({ id, status, createdAt }) as Generation;

  it("puts newer rows over older ones, newest press first", () => {
    const merged = mergeGenerations([row("a", "queued", 1)], [row("b", "submitting", 2), row("a", "processing", 1)]);
    expect(merged.map(({ id, status }) => [id, status])).toEqual([
      ["b", "submitting"],
      ["a", "processing"],
    ]);
  });

  it("never leaves a final state for one on the way", () => {
    expect(mergeGenerations([row("a", "succeeded")], [row("a", "processing")])[0]?.status).toBe("succeeded");
    expect(mergeGenerations([row("a", "unconfirmed")], [row("a", "submitting")])[0]?.status).toBe("submitting");
  });
});
