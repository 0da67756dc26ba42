import { expect, test } from "vitest";
import { toFormSchema } from "@/components/schema-form/form-schema";
import type { JsonSchema } from "@/lib/models/schema";

function* keysOf(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* keysOf(inner);
  }
}

// The browser's RJSF cannot follow or merge anything: what it would need for that is left out of the build.
test("nothing is left to follow or to merge, however deep it stood", () => {
  const schema: JsonSchema = {
    $id: "https://example.com/model",
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $defs: {
      Ratio: { allOf: [{ enum: ["16:9", "1:1"] }] },
      Tree: { type: "object", properties: { name: { type: "string" }, next: { $ref: "#/$defs/Tree" } } },
    },
    allOf: [{ if: { required: ["seed"] }, else: { required: ["ratio"] } }],
    properties: {
      ratio: { allOf: [{ $ref: "#/$defs/Ratio" }] },
      seed: { anyOf: [{ oneOf: [{ $ref: "#/$defs/Missing" }, { type: "integer" }] }, { type: "null" }] },
      tree: { $ref: "#/$defs/Tree" },
      list: { type: "array", items: { $ref: "#/$defs/Tree" }, prefixItems: [{ $ref: "#/$defs/Ratio" }] },
      open: { type: "object", additionalProperties: { $ref: "#/$defs/Ratio" }, dependentSchemas: { a: {} } },
    },
  };
  const drawn = new Set(keysOf(toFormSchema(schema)));
  const needed = /^\$|(all|any|one)Of$|^(if|then|else|not)$|^depend|^prefixItems$|^additional/;
  expect([...drawn].filter((key) => needed.test(key))).toEqual([]);
  expect(drawn).toContain("ratio");
});
