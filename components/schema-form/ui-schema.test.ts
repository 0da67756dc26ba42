import { describe, expect, test } from "vitest";
import { toFormSchema } from "@/components/schema-form/form-schema";
import { type FieldOptions, toUiSchema } from "@/components/schema-form/ui-schema";
import type { JsonSchema, Model } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const vidu = viduQ3Pro as unknown as Model;
const uiOf = (properties: Record<string, JsonSchema>, reasons?: Record<string, string>, rest: JsonSchema = {}) => {
  const model: Model = { slug: "test", name: "Test", inputSchema: { type: "object", properties, ...rest } };
  return toUiSchema(model, toFormSchema(model.inputSchema), reasons);
};
const widgetOf = (field: JsonSchema) => {
  const { field: ui } = uiOf({ field });
  return ui["ui:widget"] ?? (ui["ui:field"] ? `field:${ui["ui:field"]}` : null);
};

describe("the widget of a field", () => {
  const numbers = (minimum?: number, maximum?: number, more: JsonSchema = {}): JsonSchema => ({
    type: "integer",
    minimum,
    maximum,
    ...more,
  });
  const hint = (hints: Record<string, unknown>, more: JsonSchema = {}): JsonSchema => ({
    "x-playground": hints,
    ...more,
  });
  const rows: [string, JsonSchema, string | null][] = [
    ["a text", { type: "string" }, "text"],
    ["nothing said", {}, "text"],
    ["a type nobody knows", { type: "upload" }, "text"],
    ["a null", { type: "null" }, "text"],
    ["a yes or no", { type: "boolean" }, "switch"],
    ["a yes or no as words", { type: "string", enum: ["yes", "no"] }, "segments"],
    ["five values", { enum: ["a", "b", "c", "d", "e"] }, "segments"],
    ["six values", { enum: ["a", "b", "c", "d", "e", "f"] }, "select"],
    ["three long values", { enum: ["a long name", "another long name", "the longest of them"] }, "select"],
    ["ratios", { enum: ["16:9", "9:16"] }, "ratios"],
    ["sizes", { enum: ["1280x720", "720*1280"] }, "ratios"],
    ["ratios and a word", { enum: ["16:9", "auto"] }, "segments"],
    ["one number", { type: "integer", enum: [5] }, "segments"],
    ["one ratio", { enum: ["16:9"] }, "segments"],
    ["a constant", { const: "a" }, "segments"],
    ["constants", { oneOf: [{ const: "a" }, { const: "b" }] }, "segments"],
    ["an empty enum", { type: "string", enum: [] }, "text"],
    ["a value or nothing", { enum: ["a", null] }, "segments"],
    ["a small range", numbers(1, 16), "dial"],
    ["a range from zero", numbers(0, 10), "dial"],
    ["a range of fractions", { type: "number", minimum: 0, maximum: 1 }, "dial"],
    ["a large range", numbers(0, 1_000_000), "dial"],
    ["a range beyond choice", numbers(-1, 4_294_967_295), "seed"],
    ["a range beyond 32 bits", numbers(-1, 9_007_199_254_740_991), "seed"],
    ["an advanced number without an end", numbers(0, undefined, hint({ advanced: true })), "seed"],
    ["a number without ends", numbers(), "number"],
    ["a fraction without ends", { type: "number" }, "number"],
    ["ends that touch", numbers(5, 5), "number"],
    ["ends that cross", numbers(5, 1), "number"],
    ["a text area", hint({ widget: "textarea" }, { type: "string", title: "B" }), "prompt"],
    ["a file", hint({ widget: "file-upload" }, { type: "string" }), "files"],
    ["files", hint({ widget: "file-upload" }, { type: "array", items: { type: "string" } }), "files"],
    ["files of no said kind", hint({ widget: "file-upload" }, { type: "array" }), "files"],
    ["files told by their kind", hint({ uploadKind: "image" }, { type: "array", items: { type: "string" } }), "files"],
    ["a file that is a number", hint({ widget: "file-upload" }, { type: "integer" }), "number"],
    ["a widget nobody knows", hint({ widget: "hologram" }, { type: "boolean" }), "switch"],
    ["a widget that is no word", hint({ widget: 7 }, { type: "string" }), "text"],
    ["hints that are none", { "x-playground": "advanced", type: "string" } as unknown as JsonSchema, "text"],
    ["words", { type: "array", items: { type: "string" } }, "list"],
    ["a list of anything", { type: "array" }, "list"],
    ["a list of given values", { type: "array", items: { enum: ["a", "b"] } }, "choices"],
    ["a list of objects", { type: "array", items: { type: "object", properties: { a: {} } } }, null],
    ["an object", { type: "object", properties: { a: { type: "string" } } }, null],
    ["an object of anything", { type: "object" }, "field:json"],
    ["a number or nothing", { anyOf: [{ type: "null" }, numbers(1, 4)] }, "dial"],
    ["a number or nothing, by types", numbers(1, 4, { type: ["null", "integer"] }), "dial"],
    ["values by reference", { allOf: [{ enum: ["a", "b"] }], default: "a" }, "segments"],
  ];
  test.each(rows)("%s", (_name, field, widget) => {
    expect(widgetOf(field)).toBe(widget);
  });
});

describe("the ui schema of viduq3-pro", () => {
  const ui = toUiSchema(vidu, toFormSchema(vidu.inputSchema), { aspect_ratio: "image_urls" });
  const options = (name: string) => ui[name]["ui:options"] as FieldOptions;

  test("is drawn as the look has it", () => {
    expect(Object.entries(ui).map(([name, field]) => [name, field["ui:widget"]])).toEqual([
      ["prompt", "prompt"],
      ["resolution", "segments"],
      ["aspect_ratio", "ratios"],
      ["duration", "dial"],
      ["audio", "switch"],
      ["image_urls", "files"],
      ["seed", "seed"],
    ]);
  });

  test("hands the hints on", () => {
    expect(options("prompt")).toMatchObject({ layout: "prompt", rows: 6, placeholder: vidu.example?.prompt });
    expect(options("image_urls")).toMatchObject({ layout: "tall", noun: "image", slots: 2, isAdvanced: true });
    expect([options("image_urls").summary, options("seed").summary]).toEqual(["images", "seed"]);
    expect(options("resolution").isAdvanced).toBe(false);
  });

  test("a field that does not apply is off, with the reason", () => {
    expect(ui.aspect_ratio["ui:disabled"]).toBe(true);
    expect(options("aspect_ratio").off).toBe("off with images");
    expect(options("resolution").off).toBeNull();
  });

  test("is the same for the same input", () => {
    expect(toUiSchema(vidu, toFormSchema(vidu.inputSchema), { aspect_ratio: "image_urls" })).toEqual(ui);
  });
});

describe("order", () => {
  const order = (properties: Record<string, JsonSchema>) => Object.keys(toFormSchema({ properties }).properties ?? {});

  test("keys in any order give one form", () => {
    const properties = vidu.inputSchema.properties ?? {};
    const turned = Object.fromEntries(Object.entries(properties).reverse());
    expect(order(turned)).toEqual(order(properties));
  });

  test("prompt, media, resolution, ratio, duration, the rest, then the advanced", () => {
    const file: JsonSchema = { type: "string", "x-playground": { widget: "file-upload" } };
    const properties: Record<string, JsonSchema> = {
      seed: { type: "integer", "x-playground": { advanced: true } },
      watermark: { type: "boolean" },
      duration: { type: "integer" },
      mode: { enum: ["std", "pro"] },
      size: { type: "string" },
      negative_prompt: { type: "string" },
      image_url: file,
      resolution: { type: "string" },
      prompt: { type: "string" },
    };
    expect(order(properties)).toEqual(
      "prompt image_url resolution size duration mode negative_prompt watermark seed".split(" "),
    );
  });

  test("an order that the schema gives wins", () => {
    const at = (number: number): JsonSchema => ({ type: "string", "x-playground": { order: number } });
    expect(order({ prompt: { type: "string" }, b: at(2), a: at(1) })).toEqual(["a", "b", "prompt"]);
  });
});

describe("the form schema", () => {
  test("a schema that holds itself ends", () => {
    const schema: JsonSchema = { type: "object", properties: { name: { type: "string" }, child: { $ref: "#" } } };
    expect(JSON.stringify(toFormSchema(schema)).length).toBeLessThan(5000);
    const loop: JsonSchema = {
      $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } },
      properties: { x: { $ref: "#/$defs/a" } },
    };
    expect(toFormSchema(loop).properties?.x?.type).toBe("string");
  });

  test("every field has one type and a title", () => {
    const { properties } = toFormSchema({ properties: { cfg_scale: { type: ["number", "null"] }, b: { title: " " } } });
    expect(properties?.cfg_scale).toMatchObject({ type: "number", title: "Cfg scale" });
    expect(properties?.b).toMatchObject({ type: "string", title: "B" });
  });
});
