import { idOf } from "@/components/schema-form/issues";
import {
  fieldOrder,
  fileKinds,
  fileNoun,
  fileSlots,
  isFileField,
  isRecord,
  type JsonSchema,
  type Model,
  propertiesOf,
  resolveSchema,
  titleOf,
  typeOf,
} from "@/lib/models/schema";

type Input = Record<string, unknown>;
type Path = (string | number)[];

/** A field of the form that takes pictures. In a list of objects it is that of the first entry. `slots` may be Infinity. */
export type PictureField = { id: string; path: Path; title: string; noun: string; slots: number };

const MAX_DEPTH = 4;
const BEGINNING = /(?:^|[^a-z])(?:first|start|begin)/i;
// Where a clip ends, and what is no frame of it at all.
const NOT_THE_BEGINNING = /(?:^|[^a-z])(?:last|end|tail|final|mask)/i;

/** Every field that takes pictures, in the order of the form. */
export function pictureFields(model: Model, idPrefix = "root"): PictureField[] {
  const found: PictureField[] = [];
  const walk = (schema: JsonSchema, path: Path) => {
    if (path.length > MAX_DEPTH) return;
    const fields = propertiesOf(schema, model.inputSchema);
    for (const name of fieldOrder(schema, model.inputSchema)) {
      const field = fields[name] ?? {};
      const own = [...path, name];
      if (isFileField(field)) {
        if (!fileKinds(field).includes("image")) continue;
        const title = titleOf(name, field);
        found.push({ id: idOf(idPrefix, own), path: own, title, noun: fileNoun(field), slots: fileSlots(field) });
      } else if (typeOf(field) === "array") {
        walk(resolveSchema(field.items, model.inputSchema), [...own, 0]);
      } else {
        walk(field, own);
      }
    }
  };
  walk(model.inputSchema, []);
  return found;
}

/**
 * The field whose first picture a clip begins with, judged by the schema alone: one that says so by its name, else the
 * first that does not say it is for something else. Null for a model that takes no such picture.
 */
export function firstFrameField(model: Model): PictureField | null {
  const fields = pictureFields(model);
  const named = ({ path, title }: PictureField) => `${path.at(-1)} ${title}`;
  return (
    fields.find((field) => BEGINNING.test(named(field))) ??
    fields.find((field) => !NOT_THE_BEGINNING.test(named(field))) ??
    null
  );
}

/** The first picture an input holds in a field, as it stands there; null when there is none. */
export function pictureIn(input: Input, { path }: Pick<PictureField, "path">): string | null {
  // biome-ignore lint/suspicious/noExplicitAny: an input may hold anything; every step is optional.
  const value: any = path.reduce((at: any, step) => at?.[step], input);
  const [first] = [value].flat();
  return typeof first === "string" && first !== "" ? first : null;
}

/**
 * An input without its pictures; the rest of it stays. Where `room` is inside a list, the list gets one empty entry to
 * hold it.
 */
export function withoutPictures(model: Model, input: Input, room: PictureField | null = null): Input {
  const copy = structuredClone(input);
  for (const { path } of pictureFields(model)) {
    const list = path.findIndex((step) => typeof step === "number");
    const own = list < 0 ? path : path.slice(0, list);
    const holder = own.slice(0, -1).reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), copy);
    const name = String(own.at(-1));
    if (!isRecord(holder)) continue;
    if (list >= 0 && room?.path[list - 1] === name && list === own.length) holder[name] = [{}];
    else delete holder[name];
  }
  return copy;
}
