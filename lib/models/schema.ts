import { NAME_ENDINGS } from "@/lib/uploads/policy";
import { UPLOAD_KINDS, type UploadKind } from "@/lib/uploads/schema";

/** A JSON Schema as MindVideo prints it, with its `x-playground` hints. Anything else in it is kept and ignored. */
export type JsonSchema = {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  "x-playground"?: Record<string, unknown>;
  [keyword: string]: unknown;
};

/** A rule between fields, as data in the model file (design section 7). */
export type Rule = { needOneOf: string[] } | { omit: string; when: string };

/** A MindVideo model. `exampleCost` is in MindVideo's unit, as its page prints it for `example`. */
export type Model = {
  slug: string;
  name: string;
  description?: string;
  example?: Record<string, unknown>;
  exampleCost?: number;
  rules?: Rule[];
  inputSchema: JsonSchema;
};

/** One finding about an input. `path` leads to the value: `["image_urls", 1]`. `missing` is true when nothing is there yet. */
export type InputIssue = { path: (string | number)[]; message: string; missing: boolean };

const TYPES = ["string", "number", "integer", "boolean", "object", "array"] as const;
export type SchemaType = (typeof TYPES)[number];

/** The hints of `x-playground` that we understand. Unknown ones, and known ones of the wrong kind, are not there. */
export type Hints = {
  widget?: string;
  rows?: number;
  accept?: string;
  multiple?: boolean;
  uploadKind?: string;
  advanced?: boolean;
  order?: number;
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function hintsOf(schema: JsonSchema): Hints {
  const found = schema["x-playground"];
  const hints: Record<string, unknown> = isRecord(found) ? found : {};
  const text = (key: string) => (typeof hints[key] === "string" ? hints[key] : undefined);
  const number = (key: string) => (typeof hints[key] === "number" ? hints[key] : undefined);
  const flag = (key: string) => (typeof hints[key] === "boolean" ? hints[key] : undefined);
  return {
    widget: text("widget"),
    rows: number("rows"),
    accept: text("accept"),
    multiple: flag("multiple"),
    uploadKind: text("uploadKind"),
    advanced: flag("advanced"),
    order: number("order"),
  };
}

/** Follows `$ref`s inside `root`, at most 20 of them. A reference that leads nowhere gives an empty schema. */
export function resolveSchema(schema: unknown, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let hops = 0; hops < 20 && isRecord(current) && typeof current.$ref === "string"; hops++) {
    const { $ref, ...siblings } = current as JsonSchema & { $ref: string };
    const target = schemaAtPointer(root, $ref);
    current = target ? { ...target, ...siblings } : siblings;
  }
  return isRecord(current) ? (current as JsonSchema) : {};
}

/** The part of a schema that a local reference such as `#/$defs/a~1b` names; null when there is none. */
export function schemaAtPointer(root: JsonSchema, pointer: string): JsonSchema | null {
  if (!pointer.startsWith("#")) return null;
  let current: unknown = root;
  for (const step of pointer.slice(1).split("/").slice(1)) {
    const key = decode(step);
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isRecord(current) && Object.hasOwn(current, key)) current = current[key];
    else return null;
  }
  return isRecord(current) ? (current as JsonSchema) : null;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step.replaceAll("~1", "/").replaceAll("~0", "~");
  }
}

/** What a field holds. A schema that does not say is judged by its other keywords; null when nothing tells. */
export function typeOf(schema: JsonSchema): SchemaType | null {
  const named = [schema.type].flat().find((type) => TYPES.includes(type as SchemaType));
  if (named) return named as SchemaType;
  if (isRecord(schema.properties)) return "object";
  if (schema.items !== undefined) return "array";
  const sample = Array.isArray(schema.enum) ? schema.enum.find((value) => value !== null) : schema.default;
  if (Array.isArray(sample)) return "array";
  if (isRecord(sample)) return "object";
  const type = typeof sample;
  return type === "string" || type === "number" || type === "boolean" ? type : null;
}

// A schema never changes once it is read, and these are asked for at every key that is pressed.
const knownProperties = new WeakMap<JsonSchema, Record<string, JsonSchema>>();
const knownOrders = new WeakMap<JsonSchema, string[]>();

/** The properties of an object schema, those of its `allOf`, `anyOf`, `oneOf`, `then` and `else` included. */
export function propertiesOf(schema: JsonSchema, root: JsonSchema): Record<string, JsonSchema> {
  const known = knownProperties.get(schema) ?? gatherProperties(schema, root, 0);
  knownProperties.set(schema, known);
  return known;
}

function gatherProperties(schema: JsonSchema, root: JsonSchema, depth: number): Record<string, JsonSchema> {
  const own = resolveSchema(schema, root);
  const found: Record<string, JsonSchema> = {};
  if (depth > 5) return found;
  const parts = [own.allOf, own.anyOf, own.oneOf, own.then, own.else].flat().filter(isRecord);
  for (const part of parts) Object.assign(found, gatherProperties(part, root, depth + 1));
  for (const [name, property] of Object.entries(isRecord(own.properties) ? own.properties : {})) {
    if (name !== "__proto__") found[name] = resolveSchema(property, root);
  }
  return found;
}

/** The name people read: the schema's title, else the key in words. */
export function titleOf(name: string, schema: JsonSchema | undefined): string {
  if (typeof schema?.title === "string" && schema.title.trim() !== "") return schema.title;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .trim()
    .toLowerCase();
  return words === "" ? name : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a field holds files: one address, or a list of them. */
export function isFileField(schema: JsonSchema): boolean {
  const hints = hintsOf(schema);
  if (hints.widget !== "file-upload" && hints.uploadKind === undefined) return false;
  const type = typeOf(schema);
  return type === "string" || (type === "array" && (typeOf(schema.items ?? {}) ?? "string") === "string");
}

/** How many files a file field takes; Infinity when the schema sets no end. */
export function fileSlots(schema: JsonSchema): number {
  if (typeOf(schema) === "string") return 1;
  return typeof schema.maxItems === "number" ? Math.max(1, schema.maxItems) : Number.POSITIVE_INFINITY;
}

/** What a file field holds, as a noun: "image", "video", "audio" or "file". */
export function fileNoun(schema: JsonSchema): string {
  const kinds = fileKinds(schema);
  if (kinds.length !== 1) return "file";
  return kinds[0] === "audio" ? "audio file" : (kinds[0] ?? "file");
}

/** The kinds of files a file field takes, by its hints; all of them when they do not say. */
export function fileKinds(schema: JsonSchema): UploadKind[] {
  const { uploadKind, accept = "" } = hintsOf(schema);
  if (UPLOAD_KINDS.some((kind) => kind === uploadKind)) return [uploadKind as UploadKind];
  const words = accept
    .toLowerCase()
    .split(",")
    .map((word) => word.trim());
  const kinds = UPLOAD_KINDS.filter((kind) =>
    words.some((word) => word.startsWith(`${kind}/`) || NAME_ENDINGS[kind].test(word)),
  );
  return kinds.length > 0 ? kinds : [...UPLOAD_KINDS];
}

/** The field that says in words what to make; null when the schema has none. */
export function promptName(schema: JsonSchema): string | null {
  const texts = Object.entries(propertiesOf(schema, schema)).filter(
    ([, field]) => typeOf(field) === "string" && !Array.isArray(field.enum) && !isFileField(field),
  );
  if (texts.some(([name]) => name === "prompt")) return "prompt";
  const areas = texts.filter(([, field]) => hintsOf(field).widget === "textarea").map(([name]) => name);
  return areas.find((name) => schema.required?.includes?.(name)) ?? areas.sort()[0] ?? null;
}

/** Whether a field makes two runs alike. It is known by its name, in any model. */
export const isSeed = (name: string, field: JsonSchema | undefined): boolean =>
  name === "seed" && field !== undefined && typeOf(field) === "integer";

// The habit of MindVideo's own examples, which put resolution after the ratio; our panel shows it before.
const HABIT = [/^resolution$/, /^(aspect_?ratio|ratio|size)$/, /^duration$/];
const TYPE_RANK: Record<SchemaType, number> = { string: 1, integer: 2, number: 2, boolean: 3, array: 4, object: 5 };

/**
 * A schema's field names in the order people meet them: prompt, media, resolution, ratio, duration, the rest, and the
 * advanced ones last. The order of keys in a schema is a database's and means nothing; `x-playground.order` wins.
 */
export function fieldOrder(schema: JsonSchema, root: JsonSchema = schema): readonly string[] {
  const known = knownOrders.get(schema) ?? sortFields(schema, root);
  knownOrders.set(schema, known);
  return known;
}

function sortFields(schema: JsonSchema, root: JsonSchema): string[] {
  const fields = propertiesOf(schema, root);
  const prompt = promptName(schema);
  const rank = (name: string): (number | string)[] => {
    const field = fields[name] ?? {};
    const hints = hintsOf(field);
    const habit = HABIT.findIndex((pattern) => pattern.test(name));
    const group = name === prompt ? 0 : isFileField(field) ? 1 : habit >= 0 ? 2 + habit : 9;
    const type = Array.isArray(field.enum) ? 0 : TYPE_RANK[typeOf(field) ?? "string"];
    return [hints.advanced ? 1 : 0, hints.order ?? Number.POSITIVE_INFINITY, group, type, titleOf(name, field), name];
  };
  const ranked = Object.keys(fields).map((name) => ({ name, rank: rank(name) }));
  ranked.sort((a, b) => {
    const at = a.rank.findIndex((value, index) => value !== b.rank[index]);
    const [left, right] = [a.rank[at] ?? 0, b.rank[at] ?? 0];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  return ranked.map(({ name }) => name);
}
