import { schemaIssues } from "@/lib/models/errors";
import { filesOf } from "@/lib/models/request";
import {
  fieldOrder,
  fileNoun,
  fileSlots,
  hintsOf,
  type InputIssue,
  isFileField,
  isRecord,
  isSeed,
  type JsonSchema,
  type Model,
  promptName,
  propertiesOf,
  resolveSchema,
  titleOf,
  typeOf,
} from "@/lib/models/schema";
import type { UploadKind } from "@/lib/uploads/schema";

type Input = Record<string, unknown>;

/**
 * What is sent for a state of the form: exactly the schema's keys, in the order people meet them. `false`, `0`, `-1` and
 * `"0"` survive; blank texts, empty lists and empty objects are left out, and so is what an `omit` rule forbids
 * (design section 7). NUL and lone surrogates are taken out of texts: a database or MindVideo may choke on them.
 */
export function toPayload(model: Model, formData: unknown): Input {
  const input = cleanInput(model, formData);
  for (const field of omittedFields(model, input)) delete input[field];
  return input;
}

function cleanInput(model: Model, formData: unknown): Input {
  const schema = model.inputSchema;
  return cleanObject(schema, formData, schema, false) ?? {};
}

function cleanObject(schema: JsonSchema, value: unknown, root: JsonSchema, isOpen: boolean): Input | undefined {
  if (!isRecord(value)) return undefined;
  const fields = propertiesOf(schema, root);
  const names = fieldOrder(schema, root).filter((name) => Object.hasOwn(value, name));
  if (isOpen) names.push(...Object.keys(value).filter((name) => !Object.hasOwn(fields, name) && name !== "__proto__"));
  const kept: Input = {};
  for (const name of names) {
    const cleaned = cleanValue(fields[name] ?? {}, value[name], root);
    if (cleaned !== undefined) kept[name] = cleaned;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function cleanValue(schema: JsonSchema, value: unknown, root: JsonSchema): unknown {
  if (typeof value === "string") {
    const text = cleanText(value);
    return text.trim() === "" ? undefined : text;
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    const items = isRecord(schema.items) ? schema.items : {};
    const kept = value.map((item) => cleanValue(items, item, root)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  const extra = schema.additionalProperties;
  const isOpen = extra === undefined ? Object.keys(propertiesOf(schema, root)).length === 0 : extra !== false;
  return cleanObject(schema, value, root, isOpen);
}

const cleanText = (text: string) => text.replaceAll(/\0|\p{Surrogate}/gu, "");

/** The fields that the model's rules leave out of this input. Rules apply in their order, on what is still there. */
function omittedFields(model: Model, input: Input): Set<string> {
  const omitted = new Set<string>();
  for (const rule of model.rules ?? []) {
    if ("omit" in rule && input[rule.when] !== undefined && !omitted.has(rule.when)) omitted.add(rule.omit);
  }
  return omitted;
}

/** The fields that do not apply to this state of the form, each with the field that is the reason. */
export function omissions(model: Model, formData: unknown): Record<string, string> {
  const input = cleanInput(model, formData);
  const omitted = omittedFields(model, input);
  const reasons: Record<string, string> = {};
  for (const rule of model.rules ?? []) {
    if ("omit" in rule && omitted.has(rule.omit) && input[rule.when] !== undefined) reasons[rule.omit] ??= rule.when;
  }
  return reasons;
}

/** Whether a field does not apply because of what else is filled in, by the model's `omit` rules. */
export function isOmitted(model: Model, formData: unknown, field: string): boolean {
  return Object.hasOwn(omissions(model, formData), field);
}

/** Everything that is wrong with a payload, by the schema and by the rules, with the path of each value. */
export function inputIssues(model: Model, payload: Input): InputIssue[] {
  const issues = schemaIssues(model.inputSchema, payload);
  issues.push(
    ...addressIssues(model, payload).filter(({ path }) => !issues.some((issue) => issue.path[0] === path[0])),
  );
  for (const rule of model.rules ?? []) {
    if (!("needOneOf" in rule)) continue;
    const [first] = rule.needOneOf;
    if (first === undefined || rule.needOneOf.some((field) => payload[field] !== undefined)) continue;
    if (issues.some((issue) => issue.path[0] === first)) continue;
    issues.unshift({ path: [first], message: needSentence(model, rule.needOneOf), missing: true });
  }
  return issues;
}

// MindVideo takes files as hosted addresses or data URIs; `upload:` is our own name for a file kept here.
const ADDRESS = /^(https?:\/\/[^\s/]|data:|upload:)/i;

function addressIssues(model: Model, payload: Input): InputIssue[] {
  const wrong = filesOf(model, payload).filter(({ value }) => !ADDRESS.test(value));
  const properties = propertiesOf(model.inputSchema, model.inputSchema);
  return [...new Set(wrong.map(({ path }) => String(path[0])))].map((name) => {
    const schema = properties[name] ?? {};
    const title = titleOf(name, schema);
    const isSingle = isFileField(schema) && fileSlots(schema) === 1;
    const message = isSingle
      ? `${title} must be a file, or a full web address starting with https://.`
      : `${title} must be files, or full web addresses starting with https://.`;
    return { path: [name], message, missing: false };
  });
}

/** Everything that is wrong with a payload, by top-level field; empty when it can be sent. */
export function validateInput(model: Model, payload: Input): { field: string; message: string }[] {
  return inputIssues(model, payload).map(({ path, message }) => ({ field: String(path[0] ?? ""), message }));
}

// "Write something in Prompt, or add an image to Reference images."
function needSentence(model: Model, fields: string[]): string {
  const properties = propertiesOf(model.inputSchema, model.inputSchema);
  const parts = fields.map((field) => {
    const schema = properties[field] ?? {};
    const title = titleOf(field, schema);
    if (isFileField(schema)) {
      const noun = fileNoun(schema);
      return `add ${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun} to ${title}`;
    }
    return typeOf(schema) === "string" && !schema.enum ? `write something in ${title}` : `set ${title}`;
  });
  const text = parts.join(", or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The field that says in words what to make; null when the model has none. */
export const promptField = (model: Model): string | null => promptName(model.inputSchema);

/** The field that makes two runs alike; null when the model has none. It is known by its name, in any model. */
export function seedField(model: Model): string | null {
  return isSeed("seed", propertiesOf(model.inputSchema, model.inputSchema).seed) ? "seed" : null;
}

/**
 * What the given files make of this input: "Text to video", "Image to video", "Images to video", "First and last
 * frame" or "Video to video"; null when the model takes no files.
 */
export function modeOf(model: Model, input: Input): string | null {
  if (!takesFiles(model.inputSchema, model.inputSchema, 0)) return null;
  const files = filesOf(model, input).filter(({ value }) => value.trim() !== "");
  const isOnly = (kinds: UploadKind[], kind: UploadKind) => kinds.length === 1 && kinds[0] === kind;
  if (files.some(({ kinds }) => isOnly(kinds, "video"))) return "Video to video";
  const pictures = files.filter(({ kinds }) => !isOnly(kinds, "audio"));
  if (pictures.length === 0) return "Text to video";
  if (pictures.length === 1) return "Image to video";
  const names = pictures.map(({ path }) => String(path[0]));
  const properties = propertiesOf(model.inputSchema, model.inputSchema);
  const isPair = names.every((name) => name === names[0]) && fileSlots(properties[names[0] ?? ""] ?? {}) === 2;
  const isEnds = [/first|start/, /last|end|tail/].every((end) => names.some((name) => end.test(name)));
  return pictures.length === 2 && (isPair || isEnds) ? "First and last frame" : "Images to video";
}

function takesFiles(schema: JsonSchema, root: JsonSchema, depth: number): boolean {
  if (depth > 4) return false;
  return Object.values(propertiesOf(schema, root)).some((field) => {
    const inner = typeOf(field) === "array" ? resolveSchema(field.items, root) : field;
    return isFileField(field) || isFileField(inner) || takesFiles(inner, root, depth + 1);
  });
}

const RATIO = /^\s*(\d+(?:\.\d+)?)\s*[:x*×]\s*(\d+(?:\.\d+)?)\s*$/i;

/** Width by height of a text such as "16:9" or "1280x720"; null when it is none. */
export function ratioOf(value: unknown): number | null {
  const [, width, height] = (typeof value === "string" && RATIO.exec(value)) || [];
  const ratio = Number(width) / Number(height);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** Width by height that the settings of this input ask for; null when they say nothing of it. */
export function askedRatio(model: Model, input: Input): number | null {
  const omitted = omissions(model, input);
  const properties = propertiesOf(model.inputSchema, model.inputSchema);
  for (const name of fieldOrder(model.inputSchema)) {
    if (Object.hasOwn(omitted, name) || hintsOf(properties[name] ?? {}).widget === "textarea") continue;
    const ratio = ratioOf(input[name] ?? properties[name]?.default);
    if (ratio !== null) return ratio;
  }
  return null;
}

/** Width by height that the output of this input will have, as far as its settings tell; 16/9 when they do not. */
export const frameRatio = (model: Model, input: Input): number => askedRatio(model, input) ?? 16 / 9;

/** The first picture in this input, in the order of the form, as it stands there; null when there is none. */
export function firstPicture(model: Model, input: Input): string | null {
  return filesOf(model, input).find(({ kinds }) => kinds[0] === "image")?.value ?? null;
}

/**
 * A state of the form with the schema's defaults where nothing was said yet. A field that was emptied (its key is there,
 * without a value) stays empty.
 */
export function withDefaults(model: Model, formData: unknown): Input {
  return defaultsInto(model.inputSchema, formData, model.inputSchema, 0);
}

function defaultsInto(schema: JsonSchema, value: unknown, root: JsonSchema, depth: number): Input {
  const filled: Input = isRecord(value) ? { ...value } : {};
  for (const [name, field] of Object.entries(propertiesOf(schema, root))) {
    if (isRecord(field.properties) && depth < 4 && (filled[name] === undefined || isRecord(filled[name]))) {
      const inner = defaultsInto(field, filled[name] ?? field.default, root, depth + 1);
      if (Object.keys(inner).length > 0) filled[name] = inner;
    } else if (!Object.hasOwn(filled, name) && field.default !== undefined && field.default !== null) {
      filled[name] = structuredClone(field.default);
    }
  }
  return filled;
}
