import { expect, test } from "vitest";
import { tightestLimit } from "@/components/playground/tightest-limit";

const left = (limit: number, spent: number, reserved = 0) => ({
  limit,
  spent,
  reserved,
  left: Math.max(0, limit - spent - reserved),
});

test.each([
  ["no limit", { all: null, visitor: null }, null],
  ["one for all", { all: left(25, 5), visitor: null }, { whose: "all", left: 20, isPassed: false }],
  ["one a visitor", { all: null, visitor: left(5, 1, 1) }, { whose: "visitor", left: 3, isPassed: false }],
  ["the visitor's is tighter", { all: left(25, 5), visitor: left(5, 1) }, { whose: "visitor", left: 4 }],
  ["that of all is tighter", { all: left(25, 24), visitor: left(5, 1) }, { whose: "all", left: 1 }],
  ["both leave the same", { all: left(5, 1), visitor: left(5, 1) }, { whose: "all" }],
  ["all is held", { all: left(5, 0, 5), visitor: null }, { left: 0, isPassed: false }],
  ["what was running ended above it", { all: left(5, 6), visitor: null }, { left: 0, isPassed: true }],
])("%s", (_, limits, expected) => {
  const tightest = tightestLimit(limits);
  if (expected) expect(tightest).toMatchObject(expected);
  else expect(tightest).toBeNull();
});
