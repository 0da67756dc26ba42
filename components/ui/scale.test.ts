import { expect, test } from "vitest";
import { percentOf, ticksOf } from "@/components/ui/scale";

const labels = (...args: Parameters<typeof ticksOf>) => ticksOf(...args).flatMap(({ label }) => label ?? []);

test("1 to 16 shows every step, with a word at about every fourth", () => {
  expect(ticksOf(1, 16, 1, 5)).toHaveLength(16);
  expect(labels(1, 16, 1, 5)).toEqual(["1", "4", "8", "12", "16"]);
});

test.each([
  [1, 4, 1, ["1", "2", "3", "4"]],
  [0, 10, 1, ["0", "4", "8", "10"]],
  [5, 10, 5, ["5", "10"]],
  [0, 1, 0.1, ["0", "0.4", "0.8", "1"]],
])("%d to %d by %d", (min, max, step, words) => {
  expect(labels(min, max, step, null)).toEqual(words);
});

test("more than twenty steps show only the ends and the default", () => {
  expect(labels(0, 100, 1, 30)).toEqual(["0", "30", "100"]);
  expect(labels(0, 100, 1, null)).toEqual(["0", "100"]);
  expect(labels(0, 100, 1, 2)).toEqual(["0", "100"]);
});

test("a value outside of the ends stays on the ruler", () => {
  expect(percentOf(20, 1, 16)).toBe(100);
  expect(percentOf(0, 1, 16)).toBe(0);
  expect(percentOf(5, 5, 5)).toBe(0);
});
