import { Validator } from "@cfworker/json-schema";
import { guardSchema } from "@/lib/models/guard";
import {
  fileNoun,
  type InputIssue,
  isFileField,
  isRecord,
  type JsonSchema,
  propertiesOf,
  resolveSchema,
  titleOf,
} from "@/lib/models/schema";

type Finding = { instanceLocation: string; keyword: string; keywordLocation: string };

// They only say that something below them is wrong, which is reported by itself.
const SUMMARIES = new Set(
  "properties items prefixItems additionalItems additionalProperties patternProperties allOf $ref $recursiveRef if dependentSchemas propertyNames unevaluatedProperties unevaluatedItems".split(
    " ",
  ),
);

const compiled = new WeakMap<JsonSchema, { validator: Validator; schema: JsonSchema }>();

function compile(schema: JsonSchema, root: JsonSchema) {
  let found = compiled.get(schema);
  if (!found) {
    // A part of a schema is checked on its own by the form, and must still find what it refers to.
    const standalone = schema === root ? schema : { ...root, ...NO_KEYWORDS, ...schema };
    const safe = guardSchema(standalone, standalone) as JsonSchema;
    found = { validator: new Validator(safe as object, "2019-09", false), schema: safe };
    compiled.set(schema, found);
  }
  return found;
}

const NO_KEYWORDS = Object.fromEntries(
  "type properties required items enum const allOf anyOf oneOf not if then else additionalProperties patternProperties dependencies dependentRequired dependentSchemas minProperties maxProperties propertyNames unevaluatedProperties"
    .split(" ")
    .map((keyword) => [keyword, undefined]),
);

/** Whether a value fits a schema; `root` is where its references lead. A schema we cannot run fits everything. */
export function fitsSchema(schema: JsonSchema, value: unknown, root: JsonSchema = schema): boolean {
  return findings(schema, value, root).length === 0;
}

function findings(schema: JsonSchema, value: unknown, root: JsonSchema): Finding[] {
  try {
    return compile(schema, root).validator.validate(withoutUndefined(value) ?? null).errors;
  } catch {
    // MindVideo checks again: better to let a job through than to lock a form over a schema that nobody here can fix.
    return [];
  }
}

/**
 * Everything that is wrong with an input by its schema, one finding a value, as sentences.
 * Evaluates nothing (`new Function` is forbidden by our Content-Security-Policy), so any schema works at run time.
 */
export function schemaIssues(root: JsonSchema, value: unknown): InputIssue[] {
  const found = new Map<string, InputIssue>();
  for (const finding of findings(root, value, root)) {
    if (SUMMARIES.has(finding.keyword)) continue;
    // What fails inside alternatives is told once, by the alternatives.
    if (/\/(anyOf|oneOf|not|contains|propertyNames)\//.test(finding.keywordLocation)) continue;
    for (const issue of toIssues(finding, root, value)) {
      const key = JSON.stringify(issue.path);
      if (!found.has(key) || finding.keyword === "enum") found.set(key, issue);
    }
  }
  return [...found.values()];
}

function toIssues(finding: Finding, root: JsonSchema, value: unknown): InputIssue[] {
  const path = stepsOf(finding.instanceLocation).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const holder = walk(compile(root, root).schema, stepsOf(finding.keywordLocation).slice(0, -1));
  const here = valueAt(value, path);
  if (finding.keyword === "required") {
    const missing = (holder.required ?? []).filter((name) => !isRecord(here) || !Object.hasOwn(here, name));
    return missing.map((name) => ({
      path: [...path, name],
      message: `${nameOf([...path, name], root)} is required.`,
      missing: true,
    }));
  }
  return [{ path, message: sentence(finding.keyword, nameOf(path, root), holder, here, path, root), missing: false }];
}

function sentence(
  keyword: string,
  name: string,
  schema: JsonSchema,
  value: unknown,
  path: (string | number)[],
  root: JsonSchema,
): string {
  const limit = (key: string) => schema[key] as number;
  const noun = itemNoun(path, root);
  switch (keyword) {
    case "type":
      return `${name} must be ${typeNoun(schema.type)}.`;
    case "enum":
      return `${name} must be ${anyOf((schema.enum ?? []).map(String))}.`;
    case "const":
      return `${name} must be ${String(schema.const)}.`;
    case "minimum":
    case "maximum":
      if (schema.minimum !== undefined && schema.maximum !== undefined) {
        return `${name} must be between ${limit("minimum")} and ${limit("maximum")}.`;
      }
      return keyword === "minimum"
        ? `${name} must be at least ${limit(keyword)}.`
        : `${name} must be at most ${limit(keyword)}.`;
    case "exclusiveMinimum":
      return `${name} must be more than ${limit(keyword)}.`;
    case "exclusiveMaximum":
      return `${name} must be less than ${limit(keyword)}.`;
    case "multipleOf":
      return `${name} must be a multiple of ${limit(keyword)}.`;
    case "minLength":
      return `${name} must have at least ${count(limit(keyword), "character")}.`;
    case "maxLength":
      return `${name} can have at most ${count(limit(keyword), "character")}; it has ${[...String(value)].length}.`;
    case "minItems":
      return `${name} must have at least ${count(limit(keyword), noun)}.`;
    case "maxItems":
      return `${name} can have at most ${count(limit(keyword), noun)}.`;
    case "uniqueItems":
      return `${name} must not have the same ${noun} twice.`;
    case "format":
      return schema.format === "uri" || schema.format === "url"
        ? `${name} must be a full web address.`
        : `${name} must be written as ${String(schema.format)}.`;
    case "pattern":
      return `${name} does not have the form this model expects.`;
    case "false":
      return `${name} is not something this model takes.`;
    default:
      return `${name} does not fit what this model accepts.`;
  }
}

const count = (amount: number, noun: string) => `${amount} ${noun}${amount === 1 ? "" : noun === "entry" ? "" : "s"}`;

function anyOf(values: string[]): string {
  return values.length > 1 ? `one of ${values.join(", ")}` : (values[0] ?? "one of the values this model takes");
}

function typeNoun(type: unknown): string {
  const nouns: Record<string, string> = {
    string: "text",
    integer: "a whole number",
    number: "a number",
    boolean: "on or off",
    array: "a list",
    object: "a group of values",
    null: "empty",
  };
  return [type]
    .flat()
    .map((name) => nouns[String(name)] ?? String(name))
    .join(" or ");
}

function itemNoun(path: (string | number)[], root: JsonSchema): string {
  const field = fieldAt(path, root);
  return isFileField(field) ? fileNoun(field) : "item";
}

/** The field a path leads to, through properties and items; an empty schema when the path leaves the schema. */
function fieldAt(path: (string | number)[], root: JsonSchema): JsonSchema {
  let current = root;
  for (const step of path) {
    current = resolveSchema(typeof step === "number" ? current.items : propertiesOf(current, root)[step], root);
  }
  return current;
}

/** What people call the value at a path: its own title, and for an entry of a list the list's title with its place. */
function nameOf(path: (string | number)[], root: JsonSchema): string {
  const last = path.at(-1);
  if (last === undefined) return "This form";
  if (typeof last === "number") {
    const parent = path.slice(0, -1);
    return `${nameOf(parent, root)}, ${itemNoun(parent, root)} ${last + 1},`;
  }
  return titleOf(last, fieldAt(path, root));
}

function valueAt(value: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);
}

function stepsOf(location: string): string[] {
  const steps = location.split("/").slice(1);
  return steps.map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function walk(root: JsonSchema, steps: string[]): JsonSchema {
  let current: unknown = root;
  for (const step of steps) {
    if (step === "$ref" && isRecord(current)) current = resolveSchema({ $ref: current.$ref }, root);
    else current = (current as Record<string, unknown> | undefined)?.[step];
  }
  return isRecord(current) ? (current as JsonSchema) : {};
}

function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
