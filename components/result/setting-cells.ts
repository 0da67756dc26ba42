import type { Generation } from "@/lib/generations/schema";
import { promptField, seedField } from "@/lib/models/rules";
import { fieldOrder, hintsOf, isFileField, type Model, propertiesOf, titleOf } from "@/lib/models/schema";

/** One measured value under its name. `isSaid` marks what form or header say as well, so that a narrow deck can drop it. */
export type Cell = { label: string; value: string; isSaid: boolean };

const MAX_VALUE_CHARS = 24;

/** A value as a receipt shows it; null for what has no short form. */
function valueText(name: string, value: unknown): string | null {
  if (typeof value === "boolean") return value ? "On" : "Off";
  if (typeof value === "number") return /^(duration|length|seconds)$/.test(name) ? `${value} s` : String(value);
  return typeof value === "string" && value.length <= MAX_VALUE_CHARS ? value : null;
}

/** The settings of an input, in the order of the form, without the prompt and the files. */
export function settingCells(model: Model, input: Record<string, unknown>): Cell[] {
  const schema = model.inputSchema;
  const fields = propertiesOf(schema, schema);
  const prompt = promptField(model);
  return fieldOrder(schema).flatMap((name) => {
    const field = fields[name] ?? {};
    const value = name === prompt || isFileField(field) ? null : valueText(name, input[name]);
    return value === null ? [] : [{ label: titleOf(name, field), value, isSaid: !hintsOf(field).advanced }];
  });
}

/** What a generation shows, in words: its prompt; null when it has none. */
export function promptText(model: Model, generation: Generation): string | null {
  const text = generation.input[promptField(model) ?? "prompt"] ?? generation.input.prompt;
  return typeof text === "string" && text.trim() !== "" ? text : null;
}

/** Whether the same input would give the same clip again: a seed is set, and not to "any" (below zero). */
export function hasFixedSeed(model: Model, input: Record<string, unknown>): boolean {
  const value = input[seedField(model) ?? ""];
  return typeof value === "number" && value >= 0;
}

/** The same input with another seed within the model's bounds. */
export function withNewSeed(model: Model, input: Record<string, unknown>): Record<string, unknown> {
  const name = seedField(model);
  if (!name) return input;
  const { maximum } = propertiesOf(model.inputSchema, model.inputSchema)[name] ?? {};
  const most = typeof maximum === "number" ? Math.min(maximum, 0xffffffff) : 0x7fffffff;
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return { ...input, [name]: Math.floor((random / 0x1_0000_0000) * (most + 1)) };
}
