import {
  fieldOrder,
  fileKinds,
  hintsOf,
  isRecord,
  type JsonSchema,
  type Model,
  propertiesOf,
  resolveSchema,
  typeOf,
} from "@/lib/models/schema";
import type { UploadKind } from "@/lib/uploads/schema";

type Path = (string | number)[];

/** One file that an input names: where it stands, and which kinds may stand there. `value` is an address or a reference. */
export type FileInInput = { path: Path; value: string; kinds: UploadKind[] };

/**
 * Every file that an input names, in the order of the form. Only what stands in a field that the schema marks as a file
 * counts: a reference typed into a prompt is text.
 */
export function filesOf(model: Model, input: Record<string, unknown>): FileInInput[] {
  const found: FileInInput[] = [];
  walkObject(model.inputSchema, input, model.inputSchema, [], found);
  return found;
}

function walkObject(schema: JsonSchema, value: unknown, root: JsonSchema, path: Path, found: FileInInput[]) {
  if (!isRecord(value)) return;
  const fields = propertiesOf(schema, root);
  for (const name of fieldOrder(schema, root)) {
    if (Object.hasOwn(value, name)) walk(fields[name] ?? {}, value[name], root, [...path, name], found);
  }
}

function walk(schema: JsonSchema, value: unknown, root: JsonSchema, path: Path, found: FileInInput[]) {
  const isFile = hintsOf(schema).widget === "file-upload" || hintsOf(schema).uploadKind !== undefined;
  if (isFile) {
    for (const [index, item] of [value].flat().entries()) {
      if (typeof item !== "string" || item === "") continue;
      found.push({ path: Array.isArray(value) ? [...path, index] : path, value: item, kinds: fileKinds(schema) });
    }
  } else if (Array.isArray(value)) {
    const items = resolveSchema(schema.items, root);
    for (const [index, item] of value.entries()) walk(items, item, root, [...path, index], found);
  } else {
    walkObject(schema, value, root, path, found);
  }
}

/** A copy of an input with every file in it replaced by what `replace` makes of it. */
export async function replaceFiles(
  model: Model,
  input: Record<string, unknown>,
  replace: (file: FileInInput) => Promise<string>,
): Promise<Record<string, unknown>> {
  const copy = structuredClone(input);
  for (const file of filesOf(model, input)) {
    const [last, ...above] = file.path.toReversed();
    // biome-ignore lint/suspicious/noExplicitAny: the path was read from this very value.
    const holder = above.toReversed().reduce((value: any, step) => value[step], copy);
    if (last !== undefined) holder[last] = await replace(file);
  }
  return copy;
}

/**
 * The same schema with the hints of a file moved to where its address stands: an object that is marked as a file and
 * keeps the address in `url`, beside other fields, becomes an object with a file field `url`. The same for lists of them.
 */
export function settleFileHints(schema: JsonSchema): JsonSchema {
  return settle(schema, schema) as JsonSchema;
}

// Lists whose entries hold such lists: a schema may go round in circles.
const MAX_LISTS = 4;

function settle(node: unknown, root: JsonSchema, lists = 0): unknown {
  if (Array.isArray(node)) return node.map((item) => settle(item, root, lists));
  if (!isRecord(node)) return node;
  const settled = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, settle(value, root, lists)]));
  const hints = hintsOf(node);
  if (hints.widget !== "file-upload" && hints.uploadKind === undefined) return settled;
  const { "x-playground": given, ...rest } = settled as JsonSchema;
  const { widget, accept, uploadKind, multiple, ...others } = isRecord(given) ? given : {};
  const withHints = (holder: JsonSchema): JsonSchema | null => {
    const url = holder.properties?.url;
    if (typeOf(holder) !== "object" || !isRecord(url) || (typeOf(url) ?? "string") !== "string") return null;
    const marked = { ...url, "x-playground": { widget: "file-upload", accept, uploadKind, ...url["x-playground"] } };
    return { ...holder, properties: { ...holder.properties, url: marked } };
  };
  const holder = withHints(rest);
  if (holder) return { ...holder, "x-playground": others };
  const isList = typeOf(rest) === "array" && lists < MAX_LISTS;
  const items = isList ? withHints(settle(resolveSchema(rest.items, root), root, lists + 1) as JsonSchema) : null;
  return items ? { ...rest, items, "x-playground": others } : settled;
}
