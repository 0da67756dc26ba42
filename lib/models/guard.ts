import { isRecord, type JsonSchema, schemaAtPointer } from "@/lib/models/schema";

const MAX_DEPTH = 64;
const MAX_PATTERN_LENGTH = 200;
const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const SPOKEN_TYPES: Record<string, string> = { float: "number", double: "number", int: "integer", bool: "boolean" };

const ONE = new Set(
  "items additionalItems contains additionalProperties propertyNames unevaluatedItems unevaluatedProperties not if then else".split(
    " ",
  ),
);
const LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"]);
const MAP = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const NUMBERS = new Set(
  "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split(
    " ",
  ),
);
const PLAIN = new Set(["const", "uniqueItems", "format"]);

/**
 * A copy of a schema that is safe to validate with. Keywords that are malformed, references that lead nowhere or only
 * to themselves, and patterns that do not compile or could take very long are left out: they forbid nothing.
 * The copy is ours to mark (the validator writes hidden properties into what it is given).
 */
export function guardSchema(schema: unknown, root: JsonSchema, depth = 0): JsonSchema | boolean {
  if (typeof schema === "boolean") return schema;
  if (!isRecord(schema) || depth > MAX_DEPTH) return {};
  const safe: JsonSchema = {};
  const copy = (value: unknown) => guardSchema(value, root, depth + 1);
  for (const [key, value] of Object.entries(schema)) {
    const kept = guardKeyword(key, value, root, copy);
    if (kept !== undefined) safe[key] = kept;
  }
  // Draft 4 wrote these two as flags beside the limit.
  if (schema.exclusiveMinimum === true) safe.exclusiveMinimum = safe.minimum;
  if (schema.exclusiveMaximum === true) safe.exclusiveMaximum = safe.maximum;
  return safe;
}

function guardKeyword(key: string, value: unknown, root: JsonSchema, copy: (value: unknown) => unknown): unknown {
  if (LIST.has(key) && Array.isArray(value)) return value.length > 0 ? value.map(copy) : undefined;
  if (ONE.has(key)) return isRecord(value) || typeof value === "boolean" ? copy(value) : undefined;
  if (MAP.has(key)) {
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value).filter(([name]) => key !== "patternProperties" || isSafePattern(name));
    return Object.fromEntries(entries.map(([name, item]) => [name, copy(item)]));
  }
  if (NUMBERS.has(key)) return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  if (PLAIN.has(key)) return value;
  if (key === "pattern") return isSafePattern(value) ? value : undefined;
  if (key === "enum") return Array.isArray(value) && value.length > 0 ? value : undefined;
  if (key === "required") return Array.isArray(value) ? value.filter((name) => typeof name === "string") : undefined;
  if (key === "type") return guardType(value);
  if (key === "$ref") return typeof value === "string" && isSafeRef(value, root) ? value : undefined;
  if (key === "dependentRequired" || key === "dependencies") return guardDependencies(value, copy);
  // Places that only a reference reaches, such as `components`.
  if (isRecord(value) && !key.startsWith("x-") && key !== "default" && key !== "examples") return copy(value);
  return undefined;
}

function guardType(value: unknown): string | string[] | undefined {
  const names = [value].flat().map((name) => SPOKEN_TYPES[String(name)] ?? String(name));
  if (names.length === 0 || !names.every((name) => TYPES.has(name))) return undefined;
  return Array.isArray(value) ? names : names[0];
}

function guardDependencies(value: unknown, copy: (value: unknown) => unknown): unknown {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).map(([name, needs]) => [
    name,
    Array.isArray(needs) ? needs.filter((need) => typeof need === "string") : copy(needs),
  ]);
  return Object.fromEntries(entries);
}

/** Whether a reference ends at a schema of this document, and not in a ring of references. */
function isSafeRef(ref: string, root: JsonSchema): boolean {
  const seen = new Set<string>();
  for (let next: unknown = ref; typeof next === "string"; ) {
    if (seen.has(next)) return false;
    seen.add(next);
    const target = schemaAtPointer(root, next);
    if (!target) return false;
    next = target.$ref;
  }
  return true;
}

/**
 * Whether a pattern compiles and cannot run for long. JavaScript's engine backtracks: a repeat inside a repeated group
 * takes exponential time, and each unbounded repeat after the second one more power of the text's length.
 */
export function isSafePattern(pattern: unknown): pattern is string {
  if (typeof pattern !== "string" || pattern.length > MAX_PATTERN_LENGTH) return false;
  try {
    new RegExp(pattern, "u");
  } catch {
    return false;
  }
  const bare = pattern.replaceAll(/\\[^1-9k]/g, "a").replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, "a");
  const hasBackReference = /\\[1-9k]/.test(bare);
  const hasRepeatedGroup = /[*+?|{].*\)[*+{]/.test(bare);
  const unbounded = bare.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  return !hasBackReference && !hasRepeatedGroup && unbounded <= 2;
}
