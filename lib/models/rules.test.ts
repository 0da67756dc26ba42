import { describe, expect, test } from "vitest";
import {
  frameRatio,
  inputIssues,
  isOmitted,
  modeOf,
  omissions,
  promptField,
  toPayload,
  validateInput,
} from "@/lib/models/rules";
import type { JsonSchema, Model, Rule } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const vidu = viduQ3Pro as unknown as Model;
const one = "https://example.com/one.jpg";
const two = "https://example.com/two.jpg";

const modelOf = (properties: Record<string, JsonSchema>, rest: Partial<JsonSchema> = {}, rules?: Rule[]): Model => ({
  slug: "test",
  name: "Test",
  rules,
  inputSchema: { type: "object", properties, ...rest },
});

describe("toPayload of viduq3-pro", () => {
  const settings = { aspect_ratio: "16:9", resolution: "720p", duration: 5, audio: true };
  const rows: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["only a prompt", { prompt: "A cat" }, { prompt: "A cat" }],
    ["the defaults", { prompt: "A cat", ...settings }, { prompt: "A cat", ...settings }],
    ["audio false", { prompt: "A", audio: false }, { prompt: "A", audio: false }],
    ["seed 0", { prompt: "A", seed: 0 }, { prompt: "A", seed: 0 }],
    ["seed -1", { prompt: "A", seed: -1 }, { prompt: "A", seed: -1 }],
    ["the largest seed", { prompt: "A", seed: 4294967295 }, { prompt: "A", seed: 4294967295 }],
    ["a cleared seed", { prompt: "A", seed: undefined }, { prompt: "A" }],
    ["a seed of null", { prompt: "A", seed: null }, { prompt: "A" }],
    ["a seed that is no number", { prompt: "A", seed: Number.NaN }, { prompt: "A" }],
    ["a blank prompt", { prompt: "" }, {}],
    ["a prompt of spaces", { prompt: " \n\t " }, {}],
    ["a prompt keeps its spaces", { prompt: " A\ncat " }, { prompt: " A\ncat " }],
    ["the prompt 0", { prompt: "0" }, { prompt: "0" }],
    ["Chinese", { prompt: "一只猫在雨中行走" }, { prompt: "一只猫在雨中行走" }],
    ["emoji", { prompt: "🎬👩‍🚀 go" }, { prompt: "🎬👩‍🚀 go" }],
    ["NUL", { prompt: "A\0 cat" }, { prompt: "A cat" }],
    ["a lone surrogate", { prompt: "A\ud83d cat\udc00" }, { prompt: "A cat" }],
    ["2000 characters", { prompt: "x".repeat(2000) }, { prompt: "x".repeat(2000) }],
    ["one image", { prompt: "A", image_urls: [one] }, { prompt: "A", image_urls: [one] }],
    ["two images in order", { image_urls: [two, one] }, { image_urls: [two, one] }],
    ["no ratio with images", { image_urls: [one], aspect_ratio: "9:16" }, { image_urls: [one] }],
    [
      "a ratio with no images",
      { prompt: "A", image_urls: [], aspect_ratio: "1:1" },
      { prompt: "A", aspect_ratio: "1:1" },
    ],
    ["a ratio with blank images", { image_urls: ["", " "], aspect_ratio: "1:1" }, { aspect_ratio: "1:1" }],
    ["a blank beside an image", { image_urls: ["", one] }, { image_urls: [one] }],
    ["unknown keys", { prompt: "A", style: "noir", __proto__: { x: 1 } }, { prompt: "A" }],
    ["a wrong value is not hidden", { duration: "long" }, { duration: "long" }],
    ["4.5 stays", { duration: 4.5 }, { duration: 4.5 }],
    ["nothing", {}, {}],
  ];
  test.each(rows)("%s", (_name, state, payload) => {
    expect(toPayload(vidu, state)).toStrictEqual(payload);
  });

  test("keys stand in the order people meet them", () => {
    const payload = toPayload(vidu, { seed: 1, audio: true, duration: 5, resolution: "720p", prompt: "A" });
    expect(Object.keys(payload)).toEqual(["prompt", "resolution", "duration", "audio", "seed"]);
  });

  test.each([undefined, null, 5, "text", []])("a state that is no object (%j) gives nothing", (state) => {
    expect(toPayload(vidu, state)).toStrictEqual({});
  });
});

describe("toPayload of other schemas", () => {
  const nested = modelOf({
    camera: { type: "object", properties: { move: { type: "string" }, speed: { type: "number" } } },
    image_with_roles: {
      type: "array",
      items: { type: "object", properties: { url: { type: "string" }, role: { type: "string" } } },
    },
    extra: { type: "object", additionalProperties: true },
  });
  const rows: [string, unknown, unknown][] = [
    ["a nested object", { camera: { move: "pan", speed: 0 } }, { camera: { move: "pan", speed: 0 } }],
    ["a nested unknown key", { camera: { move: "pan", lens: 35 } }, { camera: { move: "pan" } }],
    ["an empty nested object", { camera: { move: "", speed: undefined } }, {}],
    [
      "a list of objects",
      { image_with_roles: [{ url: one, role: "first" }, { url: "" }] },
      { image_with_roles: [{ url: one, role: "first" }] },
    ],
    ["an open object", { extra: { a: false, b: "" } }, { extra: { a: false } }],
  ];
  test.each(rows)("%s", (_name, state, payload) => {
    expect(toPayload(nested, state)).toStrictEqual(payload);
  });

  test("keys that a schema gathers with allOf and $ref are its own", () => {
    const model = modelOf(
      { prompt: { $ref: "#/$defs/a~1b" } },
      { allOf: [{ properties: { n: { type: "integer" } } }], $defs: { "a/b": { type: "string" } } },
    );
    expect(toPayload(model, { prompt: "A", n: 0, other: 1 })).toStrictEqual({ prompt: "A", n: 0 });
  });
});

describe("rules", () => {
  test("what a rule leaves out is named with its reason", () => {
    expect(omissions(vidu, { image_urls: [one] })).toEqual({ aspect_ratio: "image_urls" });
    expect(isOmitted(vidu, { image_urls: [one] }, "aspect_ratio")).toBe(true);
    expect(isOmitted(vidu, { image_urls: [] }, "aspect_ratio")).toBe(false);
    expect(isOmitted(vidu, { image_urls: [one] }, "prompt")).toBe(false);
  });

  test("two fields that exclude each other never both go", () => {
    const model = modelOf({ a: { type: "string" }, b: { type: "string" } }, {}, [
      { omit: "b", when: "a" },
      { omit: "a", when: "b" },
    ]);
    expect(toPayload(model, { a: "1", b: "2" })).toEqual({ a: "1" });
    expect(toPayload(model, { b: "2" })).toEqual({ b: "2" });
  });

  test("one of several fields is needed, and the sentence is made of their titles", () => {
    expect(validateInput(vidu, {})).toEqual([
      { field: "prompt", message: "Write something in Prompt, or add an image to Reference images." },
    ]);
    expect(validateInput(vidu, { prompt: "A" })).toEqual([]);
    expect(validateInput(vidu, { image_urls: [one] })).toEqual([]);
    expect(inputIssues(vidu, {})[0]?.missing).toBe(true);
  });
});

describe("modeOf", () => {
  const image: JsonSchema = { type: "string", "x-playground": { widget: "file-upload", uploadKind: "image" } };
  const video: JsonSchema = { type: "string", "x-playground": { widget: "file-upload", accept: "video/*" } };
  test.each([
    [vidu, { prompt: "A" }, "Text to video"],
    [vidu, { image_urls: [one] }, "Image to video"],
    [vidu, { image_urls: [one, two] }, "First and last frame"],
    [vidu, { image_urls: ["", two] }, "Image to video"],
    [
      modelOf({ first_frame_image: image, last_frame_image: image }),
      { first_frame_image: one, last_frame_image: two },
      "First and last frame",
    ],
    [modelOf({ a: image, b: image }), { a: one, b: two }, "Images to video"],
    [modelOf({ video_url: video }), { video_url: one }, "Video to video"],
    [modelOf({ prompt: { type: "string" } }), { prompt: "A" }, null],
  ])("%#", (model, input, mode) => {
    expect(modeOf(model as Model, input)).toBe(mode);
  });
});

describe("promptField and frameRatio", () => {
  test("the prompt is known by its name, else by its widget", () => {
    expect(promptField(vidu)).toBe("prompt");
    expect(promptField(modelOf({ text: { type: "string", "x-playground": { widget: "textarea" } } }))).toBe("text");
    expect(promptField(modelOf({ image_url: { type: "string", "x-playground": { widget: "file-upload" } } }))).toBe(
      null,
    );
  });

  test.each([
    [vidu, { aspect_ratio: "9:16" }, 9 / 16],
    [vidu, {}, 16 / 9],
    [vidu, { aspect_ratio: "9:16", image_urls: [one] }, 16 / 9],
    [modelOf({ size: { type: "string" } }), { size: "1280*720" }, 16 / 9],
    [modelOf({ size: { type: "string" } }), { size: "1024x1024" }, 1],
    [modelOf({ aspect_ratio: { type: "string", default: "21:9" } }), {}, 21 / 9],
    [modelOf({ size: { type: "string" } }), { size: "auto" }, 16 / 9],
    [modelOf({ size: { type: "string" } }), { size: "0:0" }, 16 / 9],
  ])("frame %#", (model, input, ratio) => {
    expect(frameRatio(model as Model, input)).toBeCloseTo(ratio as number);
  });
});
