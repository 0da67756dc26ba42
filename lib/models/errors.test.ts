import { describe, expect, test } from "vitest";
import { fitsSchema, schemaIssues } from "@/lib/models/errors";
import type { JsonSchema } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const field = (schema: JsonSchema): JsonSchema => ({
  type: "object",
  properties: { field: { title: "Field", ...schema } },
});
const messages = (schema: JsonSchema, value: unknown) => schemaIssues(schema, value).map(({ message }) => message);

describe("sentences", () => {
  const rows: [JsonSchema, unknown, string][] = [
    [{ type: "integer", minimum: 1, maximum: 16 }, 17, "Field must be between 1 and 16."],
    [{ type: "integer", minimum: 1 }, 0, "Field must be at least 1."],
    [{ type: "number", maximum: 2 }, 3, "Field must be at most 2."],
    [{ type: "number", exclusiveMinimum: 0 }, 0, "Field must be more than 0."],
    [{ type: "number", minimum: 0, exclusiveMinimum: true }, 0, "Field must be more than 0."],
    [{ type: "number", exclusiveMaximum: 1 }, 1, "Field must be less than 1."],
    [{ type: "integer", multipleOf: 5 }, 7, "Field must be a multiple of 5."],
    [{ type: "integer" }, 4.5, "Field must be a whole number."],
    [{ type: "integer", minimum: 1 }, "abc", "Field must be a whole number."],
    [{ type: "number" }, "abc", "Field must be a number."],
    [{ type: "boolean" }, "yes", "Field must be on or off."],
    [{ type: ["string", "integer"] }, true, "Field must be text or a whole number."],
    [{ enum: ["540p", "720p"] }, "4k", "Field must be one of 540p, 720p."],
    [{ type: "integer", enum: [5] }, "x", "Field must be 5."],
    [{ const: "a" }, "b", "Field must be a."],
    [{ type: "string", minLength: 3 }, "ab", "Field must have at least 3 characters."],
    [{ type: "string", maxLength: 3 }, "🎬🎬🎬🎬", "Field can have at most 3 characters; it has 4."],
    [{ type: "array", minItems: 2 }, ["a"], "Field must have at least 2 items."],
    [
      { type: "array", maxItems: 1, "x-playground": { uploadKind: "image" } },
      ["a", "b"],
      "Field can have at most 1 image.",
    ],
    [{ type: "array", uniqueItems: true }, ["a", "a"], "Field must not have the same item twice."],
    [{ type: "array", items: { type: "string" } }, ["a", 2], "Field, item 2, must be text."],
    [{ type: "string", pattern: "^a+$" }, "b", "Field does not have the form this model expects."],
    [{ type: "string", format: "uri" }, "not a url", "Field must be a full web address."],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, 5, "Field does not fit what this model accepts."],
    [{ not: { const: 1 } }, 1, "Field does not fit what this model accepts."],
  ];
  test.each(rows)("%j", (schema, value, message) => {
    expect(messages(field(schema), { field: value })).toEqual([message]);
  });

  test("what is required is named by its title, and known to be missing", () => {
    const schema = { ...field({ type: "string" }), required: ["field"] };
    expect(schemaIssues(schema, {})).toEqual([{ path: ["field"], message: "Field is required.", missing: true }]);
  });

  test("a field without a title is named by its key in words", () => {
    expect(messages({ properties: { promptExtend: { type: "boolean" } } }, { promptExtend: 1 })).toEqual([
      "Prompt extend must be on or off.",
    ]);
  });

  test("a finding inside lists and objects keeps its path", () => {
    const items = { type: "object", required: ["url"], properties: { url: { type: "string", title: "Address" } } };
    const schema = field({ type: "array", items });
    expect(schemaIssues(schema, { field: [{ url: "a" }, {}] })).toEqual([
      { path: ["field", 1, "url"], message: "Address is required.", missing: true },
    ]);
  });

  test("the whole schema of viduq3-pro", () => {
    const wrong = {
      seed: -2,
      audio: "on",
      prompt: "x".repeat(2001),
      duration: 0,
      image_urls: ["a", "b", "c"],
      resolution: "4k",
    };
    expect(messages(viduQ3Pro.inputSchema, wrong).sort()).toEqual([
      "Audio must be on or off.",
      "Duration must be between 1 and 16.",
      "Prompt can have at most 2000 characters; it has 2001.",
      "Reference images can have at most 2 images.",
      "Resolution must be one of 540p, 720p, 1080p.",
      "Seed must be between -1 and 4294967295.",
    ]);
  });
});

describe("schemas that others trip over", () => {
  test("$ref into $defs and definitions, names with a slash and a tilde", () => {
    const schema: JsonSchema = {
      $defs: { "a/b~c": { type: "integer" } },
      definitions: { d: { type: "string" } },
      properties: { x: { $ref: "#/$defs/a~1b~0c" }, y: { $ref: "#/definitions/d" }, "s/t~u v": { type: "boolean" } },
    };
    expect(messages(schema, { x: "1", y: 1, "s/t~u v": 1 })).toEqual([
      "X must be a whole number.",
      "Y must be text.",
      "S/t~u v must be on or off.",
    ]);
  });

  test("recursion to the root, and through an array", () => {
    const schema: JsonSchema = {
      type: "object",
      properties: { name: { type: "string" }, child: { $ref: "#" }, list: { type: "array", items: { $ref: "#" } } },
    };
    expect(schemaIssues(schema, { child: { child: { name: 1 } }, list: [{ list: [{ name: 2 }] }] })).toMatchObject([
      { path: ["child", "child", "name"] },
      { path: ["list", 0, "list", 0, "name"] },
    ]);
  });

  const malformed: unknown[] = [
    { properties: { a: { $ref: "#/nowhere" } } },
    { properties: { a: { $ref: "https://example.com/schema.json" } } },
    { properties: { a: { $ref: "#/properties/b" }, b: { $ref: "#/properties/a" } } },
    { properties: { a: { $ref: 5 } } },
    { properties: { a: { type: "string", pattern: "([" } } },
    { properties: { a: { type: "string", pattern: 7 } } },
    { properties: { a: { type: "upload" } } },
    { properties: { a: { type: "string", required: true } } },
    { properties: { a: { enum: "no list" } } },
    { properties: { a: { minimum: "none", maxLength: null } } },
    { $id: "not a url %%", properties: { a: { $id: "#x" }, b: { $id: "#x" } } },
    { patternProperties: { "([": { type: "integer" } } },
    { properties: null, allOf: [], items: 5 },
  ];
  test.each(malformed)("a malformed keyword forbids nothing: %j", (schema) => {
    expect(schemaIssues(schema as JsonSchema, { a: "text" })).toEqual([]);
  });

  test.each(["(a+)+$", "(a|a)*$", "^(\\w+\\s?)*$", "(.*)\\1", "a*a*a*a*b", `${"a".repeat(201)}`])(
    "the hostile pattern %s is left out and answers at once",
    (pattern) => {
      const started = performance.now();
      expect(messages(field({ type: "string", pattern }), { field: `${"a".repeat(5000)}!` })).toEqual([]);
      expect(performance.now() - started).toBeLessThan(200);
    },
  );

  test("the schema itself is not written to", () => {
    const schema = Object.freeze({ properties: Object.freeze({ a: Object.freeze({ type: "string" }) }) });
    expect(messages(schema, { a: 1 })).toEqual(["A must be text."]);
  });

  test("a part of a schema finds what it refers to", () => {
    const root: JsonSchema = { type: "object", required: ["x"], $defs: { n: { type: "integer" } }, properties: {} };
    expect(fitsSchema({ $ref: "#/$defs/n" }, 1, root)).toBe(true);
    expect(fitsSchema({ $ref: "#/$defs/n" }, "1", root)).toBe(false);
  });

  test("undefined values count as not there", () => {
    expect(messages(field({ type: "string" }), { field: undefined })).toEqual([]);
  });
});
