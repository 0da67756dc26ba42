import { expect, test } from "vitest";
import { MindVideoError } from "@/lib/mindvideo/errors";
import { backoffMs, isRetryable, parseRetryAfter, retryDelayMs } from "@/lib/mindvideo/retry";

const http = (status: number, retryAfterMs: number | null = null) =>
  new MindVideoError({ kind: "http", status, retryAfterMs, mayHaveArrived: status >= 500 });

test("the backoff doubles from one second to thirty, give or take a quarter", () => {
  const middle = () => 0.5;
  expect([0, 1, 2, 3, 4, 5, 6, 7, 500].map((attempt) => backoffMs(attempt, middle))).toEqual([
    1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
  expect(backoffMs(1, () => 0)).toBe(750);
  expect(backoffMs(1, () => 0.999_999)).toBe(1_250);
  expect(backoffMs(5, () => 0)).toBe(12_000);
  expect(backoffMs(5, () => 0.999_999)).toBe(20_000);
});

test.each([
  ["2", 2_000],
  ["0.5", 500],
  ["0", 0],
  [" 30 ", 30_000],
  ["Sun, 22 Nov 2026 11:00:05 GMT", 5_000],
  ["Sun, 22 Nov 2026 10:59:00 GMT", 0],
  ["3600", 120_000],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 120_000],
  ["-5", null],
  ["soon", null],
  ["", null],
  [null, null],
])("Retry-After %j is %j ms", (value, expected) => {
  expect(parseRetryAfter(value, Date.UTC(2026, 10, 22, 11))).toBe(expected);
});

test("Retry-After goes before the backoff, up to two minutes; nought is not an invitation to hammer", () => {
  const middle = () => 0.5;
  expect(retryDelayMs(http(429, 2_000), 5, middle)).toBe(2_000);
  expect(retryDelayMs(http(503, 3_600_000), 1, middle)).toBe(120_000);
  expect(retryDelayMs(http(429, 0), 2, middle)).toBe(2_000);
  expect(retryDelayMs(http(429), 3, middle)).toBe(4_000);
  expect(retryDelayMs(new Error("other"), 1, middle)).toBe(1_000);
});

test("what can help is tried again, what cannot is not", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 529]) expect(isRetryable(http(status)), `${status}`).toBe(true);
  for (const status of [301, 400, 401, 402, 403, 404, 409, 413, 422, 451]) {
    expect(isRetryable(http(status)), `${status}`).toBe(false);
  }
  for (const kind of ["network", "timeout", "malformed"] as const) {
    expect(isRetryable(new MindVideoError({ kind, mayHaveArrived: true })), kind).toBe(true);
  }
  expect(isRetryable(new TypeError("a bug"))).toBe(false);
});
