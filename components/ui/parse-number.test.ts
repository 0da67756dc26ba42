import { expect, test } from "vitest";
import { parseNumber } from "@/components/ui/parse-number";

test.each([
  ["", undefined],
  ["  ", undefined],
  ["0", 0],
  ["-1", -1],
  ["−1", -1],
  ["4.5", 4.5],
  ["4,5", 4.5],
  [".5", 0.5],
  ["5.", 5],
  ["４２", 42],
  ["1e3", 1000],
  ["4294967295", 4294967295],
  ["abc", "abc"],
  ["1,000,000", "1,000,000"],
  ["0x10", "0x10"],
  ["-", "-"],
  ["Infinity", "Infinity"],
])("%j is read as %j", (typed, value) => {
  expect(parseNumber(typed)).toBe(value);
});
