import { expect, it } from "vitest";
import { createRequestBudget } from "@/lib/generations/limits";

it("lets a second's worth through at once and then the average", () => {
  const budget = createRequestBudget(() => 10);
  const now = 1_000_000;
  const burst = Array.from({ length: 10 }, () => budget.take(now));
  expect(burst.every((wait) => wait === 0)).toBe(true);
  expect(budget.take(now)).toBe(100);
  expect(budget.take(now + 100)).toBe(0);
  expect(budget.take(now + 100)).toBe(100);
});

it("makes those after it wait for what could not", () => {
  const budget = createRequestBudget(() => 10);
  const now = 1_000_000;
  for (let request = 0; request < 10; request += 1) budget.take(now);
  budget.owe();
  expect(budget.take(now + 100)).toBe(100);
  expect(budget.take(now + 200)).toBe(0);
});

it("gives a place that was not needed to the next", () => {
  const budget = createRequestBudget(() => 1);
  expect(budget.take(1_000_000)).toBe(0);
  budget.giveBack();
  expect([budget.take(1_000_000), budget.take(1_000_000)]).toEqual([0, 1_000]);
});

it("passes no more than rate times time in the long run", () => {
  const budget = createRequestBudget(() => 5);
  let passed = 0;
  for (let now = 0; now < 60_000; now += 10) if (budget.take(now) === 0) passed += 1;
  expect(passed).toBeGreaterThan(295);
  expect(passed).toBeLessThanOrEqual(305);
});

it("lets a share below one a second through all the same, and follows it when it changes", () => {
  let share = 0.25;
  const budget = createRequestBudget(() => share);
  const now = 1_000_000;
  expect(budget.take(now)).toBe(0);
  expect(budget.take(now)).toBe(4_000);
  expect(budget.take(now + 4_000)).toBe(0);
  share = 1;
  expect(budget.take(now + 4_000)).toBe(1_000);
});
