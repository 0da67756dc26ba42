import { createElement } from "react";
import { expect, test } from "vitest";
import { createCustomEqual } from "@/components/schema-form/deep-equals";

const equals = createCustomEqual();
const one = new File(["1"], "1.png");

test.each<[string, unknown, unknown, boolean]>([
  ["numbers", 1, 1, true],
  ["a number that is none", Number.NaN, Number.NaN, true],
  ["a number and its text", 1, "1", false],
  ["nothing and an empty record", null, {}, false],
  ["keys in another order", { a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 }, true],
  ["a key more", { a: 1 }, { a: 1, b: undefined }, false],
  ["a key of another name", { a: undefined }, { b: undefined }, false],
  ["a list and a record", ["x"], { 0: "x" }, false],
  ["lists in another order", [1, 2], [2, 1], false],
  ["two functions", () => 1, () => 2, true],
  ["a function and nothing", () => 1, undefined, false],
  ["the same file", { file: one }, { file: one }, true],
  ["two files of the same name", { file: one }, { file: new File(["2"], "1.png") }, false],
  ["equal elements", createElement("i", { title: "a" }), createElement("i", { title: "a" }), true],
  ["elements with another text", createElement("i", null, "a"), createElement("i", null, "b"), false],
])("%s", (_, a, b, isEqual) => {
  expect(equals(a, b)).toBe(isEqual);
});

test("an element leads through its owner back to itself, and that is not followed", () => {
  const circle: Record<string, unknown> = { _owner: null, type: "i" };
  circle._owner = circle;
  expect(equals(circle, { _owner: null, type: "i" })).toBe(true);
});
