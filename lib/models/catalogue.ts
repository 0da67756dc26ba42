import "server-only";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { env } from "@/lib/env";
import { settleFileHints } from "@/lib/models/request";
import { isRecord, type Model, propertiesOf } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const rule = z.union(
  [z.strictObject({ needOneOf: z.array(z.string()).min(1) }), z.strictObject({ omit: z.string(), when: z.string() })],
  'must be { "needOneOf": [...] } or { "omit": ..., "when": ... }',
);

const modelFile = z.object({
  slug: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be letters, digits, dots and dashes"),
  name: z.string().trim().min(1, "must not be empty"),
  description: z.string().optional(),
  example: z.record(z.string(), z.unknown()).optional(),
  exampleCost: z.number().nonnegative().optional(),
  rules: z.array(rule).optional(),
  inputSchema: z.custom<Model["inputSchema"]>(isRecord, "must be a JSON Schema object"),
});

/** A model file that cannot be used. The message names the file and every problem in it. */
export class ModelFileError extends Error {
  override name = "ModelFileError";
  constructor(file: string, problems: string[]) {
    super(`The model file ${file} is not right:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
}

/** Reads the text of a model file (design section 10). `file` is only for the message. @throws {ModelFileError} */
export function parseModel(text: string, file: string): Model {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelFileError(file, [`is not JSON: ${(error as Error).message}`]);
  }
  const parsed = modelFile.safeParse(json);
  if (!parsed.success) {
    throw new ModelFileError(
      file,
      parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`),
    );
  }
  const fields = propertiesOf(parsed.data.inputSchema, parsed.data.inputSchema);
  const problems = Object.keys(fields).length > 0 ? [] : ["inputSchema: has no properties"];
  for (const [index, item] of (parsed.data.rules ?? []).entries()) {
    const named = "omit" in item ? [item.omit, item.when] : item.needOneOf;
    for (const field of named.filter((name) => !Object.hasOwn(fields, name))) {
      problems.push(`rules.${index}: names "${field}", which the inputSchema does not have`);
    }
  }
  if (problems.length > 0) throw new ModelFileError(file, problems);
  return { ...parsed.data, inputSchema: settleFileHints(parsed.data.inputSchema) };
}

/**
 * The playground's own models, and those of a folder (null: no folder). A file of the folder takes the place of our
 * model with the same slug; two files with one slug are an error. @throws {ModelFileError}
 */
export function readCatalogue(folder: string | null): Model[] {
  const models = new Map<string, { model: Model; file: string | null }>();
  const own = parseModel(JSON.stringify(viduQ3Pro), "viduq3-pro.json");
  models.set(own.slug, { model: own, file: null });
  for (const file of folder ? jsonFiles(folder) : []) {
    const model = parseModel(readFileSync(/* turbopackIgnore: true */ file, "utf8").replace(/^\uFEFF/, ""), file);
    const other = models.get(model.slug)?.file;
    if (other) throw new ModelFileError(file, [`slug: "${model.slug}" is also in ${other}`]);
    models.set(model.slug, { model, file });
  }
  return [...models.values()].map(({ model }) => model);
}

function jsonFiles(folder: string): string[] {
  try {
    const names = readdirSync(/* turbopackIgnore: true */ folder).filter((name) => name.endsWith(".json"));
    return names.sort().map((name) => path.join(/* turbopackIgnore: true */ folder, name));
  } catch (error) {
    throw new ModelFileError(folder, [`MODELS_DIR cannot be read: ${(error as Error).message}`]);
  }
}

let catalogue: Model[] | undefined;

/** Every model, our own first. Read once; restart the server after changing a file. @throws {ModelFileError} */
export function listModels(): Model[] {
  catalogue ??= readCatalogue(env().modelsDir);
  return catalogue;
}

/** The model with this slug; undefined when there is none. */
export function getModel(slug: string): Model | undefined {
  return listModels().find((model) => model.slug === slug);
}

/** The model of `/`: the first of our own. */
export function defaultModel(): Model {
  const [first] = listModels();
  if (!first) throw new Error("The catalogue is empty.");
  return first;
}
