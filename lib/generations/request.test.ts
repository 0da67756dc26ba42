import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readIds, readPresses } from "@/lib/generations/request";

const pressOf = (input: unknown) => ({ id: randomUUID(), model: "viduq3-pro", input });

/** Few objects and ever more ways through them: twelve levels, each naming the next ten times. */
function manyWays(): Record<string, unknown> {
  let inner: Record<string, unknown> = { end: "x" };
  for (let level = 0; level < 12; level += 1) {
    const next = inner;
    inner = Object.fromEntries(Array.from({ length: 10 }, (_, key) => [key, next]));
  }
  return inner;
}

function ring(): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  input.again = input;
  return input;
}

describe("readPresses", () => {
  it.each([
    ["an ordinary one", { prompt: "A dancer.", seed: 0, audio: false, image_urls: ["https://example.com/a.png"] }],
    ["a cleared field", { prompt: "A dancer.", seed: undefined }],
    ["keys with a meaning elsewhere", JSON.parse('{"__proto__":{"a":1},"constructor":"x","toString":null}')],
    ["a long text", { prompt: "一".repeat(150_000) }],
  ])("reads an input with %s", (_what, input) => {
    const press = pressOf(input);
    expect(readPresses([press])).toEqual([press]);
  });

  it.each([
    ["a text", "x"],
    ["null", null],
    ["a list", []],
    ["a big integer", { seed: 1n }],
    ["a date", { prompt: new Date() }],
    ["a map", { prompt: new Map() }],
    ["a promise", { prompt: Promise.resolve("x") }],
    ["a function", { toJSON: () => "x" }],
    ["a ring", ring()],
    ["more ways through it than anybody can go", manyWays()],
    ["too much text", { prompt: "x".repeat(200_001) }],
    ["too many fields", Object.fromEntries(Array.from({ length: 60_000 }, (_, key) => [`k${key}`, 1]))],
    ["too deep a nest", JSON.parse(`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`)],
  ])("refuses an input with %s, at once and without throwing", (_what, input) => {
    const startedAt = performance.now();
    expect(readPresses([pressOf(input)])).toEqual([null]);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it("keeps the places of what it cannot read, and reads nothing from what is no list", () => {
    const press = pressOf({ prompt: "x" });
    expect(readPresses([null, press, { ...press, id: "1" }])).toEqual([null, press, null]);
    for (const sent of [undefined, null, "x", 1, {}, { length: 1 }]) expect(readPresses(sent)).toEqual([]);
  });
});

it("reads each id once, and fifty at most", () => {
  const ids = Array.from({ length: 60 }, () => randomUUID());
  expect(readIds([ids[0], "x", "\0", ...ids].join(","))).toEqual(ids.slice(0, 50));
  expect(readIds("")).toEqual([]);
});
