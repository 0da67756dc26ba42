import {
  fieldOrder,
  isRecord,
  type JsonSchema,
  propertiesOf,
  resolveSchema,
  titleOf,
  typeOf,
} from "@/lib/models/schema";

const MAX_DEPTH = 4;
const KEPT = "description minimum maximum multipleOf maxLength minLength maxItems uniqueItems x-playground".split(" ");

/**
 * The shape of the form that a model's schema asks for: references followed, alternatives settled, every field with one
 * type and a title, in the order people meet them. Only what draws a control is kept; what is right or wrong is judged
 * by the model's own schema. Whatever comes in, what goes out can be drawn.
 */
export function toFormSchema(schema: JsonSchema): JsonSchema {
  return objectSchema(schema, schema, 0);
}

function objectSchema(schema: JsonSchema, root: JsonSchema, depth: number): JsonSchema {
  const fields = propertiesOf(schema, root);
  const names = fieldOrder(schema, root);
  return {
    type: "object",
    required: Array.isArray(schema.required) ? schema.required.filter((name) => names.includes(name)) : [],
    properties: Object.fromEntries(names.map((name) => [name, fieldSchema(name, fields[name] ?? {}, root, depth)])),
  };
}

function fieldSchema(name: string, given: JsonSchema, root: JsonSchema, depth: number): JsonSchema {
  const schema = settle(resolveSchema(given, root), root);
  const values = enumOf(schema, root);
  const type = typeOf({ ...schema, enum: values }) ?? "string";
  const field: JsonSchema = { type, title: titleOf(name, schema) };
  for (const key of KEPT) if (schema[key] !== undefined) field[key] = schema[key];
  field.standard = schema.default;
  if (values && type !== "array" && type !== "object") return { ...field, enum: values };
  if (type === "array") return { ...field, items: fieldSchema("item", itemsOf(schema), root, depth + 1) };
  if (type !== "object") return field;
  const isKnown = depth < MAX_DEPTH && Object.keys(propertiesOf(schema, root)).length > 0;
  return isKnown ? { ...field, ...objectSchema(schema, root, depth + 1) } : field;
}

const itemsOf = (schema: JsonSchema): JsonSchema => (isRecord(schema.items) ? (schema.items as JsonSchema) : {});

/** Of several alternatives the first that is not null is drawn, with what stands around them. */
function settle(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema {
  const options = [schema.anyOf, schema.oneOf, schema.allOf].flat().filter(isRecord);
  const option = options.map((item) => resolveSchema(item, root)).find((item) => item.type !== "null");
  if (!option || isRecord(schema.properties) || depth > MAX_DEPTH) return schema;
  return { ...settle(option, root, depth + 1), ...schema, anyOf: undefined, oneOf: undefined, allOf: schema.allOf };
}

/** The values to choose from, be they an `enum` or alternatives of one constant each; undefined when any value goes. */
function enumOf(schema: JsonSchema, root: JsonSchema): unknown[] | undefined {
  const isPlain = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  if (Array.isArray(schema.enum)) {
    const values = [...new Set(schema.enum.filter(isPlain))];
    return values.length > 0 ? values : undefined;
  }
  const options = [schema.oneOf, schema.anyOf].flat().filter(isRecord);
  const constants = options.map((item) => resolveSchema(item, root).const);
  if (constants.length > 0 && constants.every(isPlain)) return constants;
  return isPlain(schema.const) ? [schema.const] : undefined;
}
