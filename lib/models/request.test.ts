import { expect, test } from "vitest";
import { filesOf, replaceFiles, settleFileHints } from "@/lib/models/request";
import { modeOf } from "@/lib/models/rules";
import type { JsonSchema, Model } from "@/lib/models/schema";

const UPLOAD = { widget: "file-upload", uploadKind: "image" };
const text: JsonSchema = { type: "string" };
const modelOf = (properties: Record<string, JsonSchema>): Model => ({
  slug: "test",
  name: "Test",
  inputSchema: settleFileHints({ type: "object", properties }),
});

const picture: JsonSchema = { type: "object", properties: { url: text, weight: { type: "number" } } };
const model = modelOf({
  prompt: text,
  image_url: { ...text, "x-playground": UPLOAD },
  image_urls: { type: "array", items: text, "x-playground": UPLOAD },
  mask: { ...picture, "x-playground": { ...UPLOAD, advanced: true } },
  elements: { type: "array", items: picture, "x-playground": UPLOAD },
  sound: { ...text, "x-playground": { widget: "file-upload", accept: ".mp3, .wav" } },
});

const input = {
  prompt: "upload:a",
  image_url: "upload:b",
  image_urls: ["upload:c", "https://d.example/d.png"],
  mask: { url: "upload:e", weight: 1 },
  elements: [{ weight: 2 }, { url: "upload:f", weight: 3 }],
  sound: "upload:g",
};

test("files are found wherever the schema puts them, and nowhere else", () => {
  const found = filesOf(model, input).map(({ path, value }) => `${path.join(".")} ${value}`);
  expect(found.toSorted()).toEqual([
    "elements.1.url upload:f",
    "image_url upload:b",
    "image_urls.0 upload:c",
    "image_urls.1 https://d.example/d.png",
    "mask.url upload:e",
    "sound upload:g",
  ]);
  expect(filesOf(model, input).find(({ value }) => value === "upload:g")?.kinds).toEqual(["audio"]);
});

test("each is replaced in its place, and the input itself stays as it was", async () => {
  const before = structuredClone(input);
  const replaced = await replaceFiles(model, input, async ({ value }) => value.toUpperCase());
  expect(replaced).toEqual({
    prompt: "upload:a",
    image_url: "UPLOAD:B",
    image_urls: ["UPLOAD:C", "HTTPS://D.EXAMPLE/D.PNG"],
    mask: { url: "UPLOAD:E", weight: 1 },
    elements: [{ weight: 2 }, { url: "UPLOAD:F", weight: 3 }],
    sound: "UPLOAD:G",
  });
  expect(input).toEqual(before);
});

test("an object that is marked as a file hands its hints to its address, and keeps the others", () => {
  const { mask, elements } = model.inputSchema.properties ?? {};
  expect(mask?.properties?.url?.["x-playground"]).toMatchObject(UPLOAD);
  expect(mask?.["x-playground"]).toEqual({ advanced: true });
  expect(elements?.items?.properties?.url?.["x-playground"]).toMatchObject(UPLOAD);
});

test("entries described elsewhere in the schema are reached through their reference", () => {
  const schema = settleFileHints({
    type: "object",
    $defs: { picture },
    properties: { elements: { type: "array", items: { $ref: "#/$defs/picture" }, "x-playground": UPLOAD } },
  });
  const referring: Model = { slug: "test", name: "Test", inputSchema: schema };
  expect(filesOf(referring, { elements: [{ url: "upload:a" }] })).toMatchObject([{ value: "upload:a" }]);
});

test("a schema that goes round in circles is settled as far as anybody nests lists", () => {
  const tree: JsonSchema = {
    type: "object",
    properties: { url: text, parts: { type: "array", items: { $ref: "#/$defs/tree" }, "x-playground": UPLOAD } },
  };
  const schema = settleFileHints({
    type: "object",
    $defs: { tree },
    properties: { trees: { type: "array", items: { $ref: "#/$defs/tree" }, "x-playground": UPLOAD } },
  });
  const circular: Model = { slug: "test", name: "Test", inputSchema: schema };
  const found = filesOf(circular, { trees: [{ url: "upload:a", parts: [{ url: "upload:b" }] }] });
  expect(found).toMatchObject([{ value: "upload:a" }, { value: "upload:b" }]);
});

test("a value of another shape than the schema's holds no file", () => {
  for (const wrong of [
    { image_urls: { url: "x" } },
    { mask: "upload:a" },
    { elements: "upload:a" },
    { image_url: 5 },
  ]) {
    expect(filesOf(model, wrong)).toEqual([]);
  }
});

test("pictures inside objects make a mode too", () => {
  expect(modeOf(model, { elements: [{ url: "upload:f" }] })).toBe("Image to video");
  expect(modeOf(modelOf({ elements: { type: "array", items: picture, "x-playground": UPLOAD } }), {})).toBe(
    "Text to video",
  );
});
