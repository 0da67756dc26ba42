import type { UiSchema } from "@rjsf/utils";
import { ratioOf } from "@/lib/models/rules";
import {
  fileKinds,
  fileNoun,
  fileSlots,
  hintsOf,
  isFileField,
  isRecord,
  type JsonSchema,
  type Model,
  promptName,
  titleOf,
  typeOf,
} from "@/lib/models/schema";
import type { UploadKind } from "@/lib/uploads/schema";

/** What a field's template and widget know of it, beside its schema. */
export type FieldOptions = {
  /**
   * How the field lies in the panel: the prompt takes all free height, a row has its name beside it, a tall one above.
   * A bare one has none: it is an entry of a list, and stands in the entry's own frame.
   */
  layout: "prompt" | "row" | "tall" | "bare";
  isAdvanced: boolean;
  /** Whether one control bears the field's id, so that pressing the name goes there. */
  hasOneControl: boolean;
  /** Why the field does not apply now, in a few words; null when it does. */
  off: string | null;
  /** What the field is called in the line that says what is folded away. */
  summary: string;
  rows?: number;
  placeholder?: string;
  noun?: string;
  slots?: number;
  kinds?: UploadKind[];
  accept?: string;
  unit?: { short: string; long: string };
};

const MAX_SEGMENTS = 5;
const MAX_SEGMENT_CHARACTERS = 32;
const SEED_RANGE = 1_000_000;

/**
 * How a form schema (see `toFormSchema`) is drawn: each field's widget, and what the widget has to know. Hints we do not
 * know fall back to the control of the field's type. `reasons` names the fields that do not apply now, each with the
 * field that is the reason.
 */
export function toUiSchema(model: Model, formSchema: JsonSchema, reasons: Record<string, string> = {}): UiSchema {
  const prompt = promptName(model.inputSchema);
  const ui: UiSchema = {};
  for (const [name, field] of Object.entries(formSchema.properties ?? {})) {
    const reason = reasons[name];
    const off = reason === undefined ? null : `off with ${spoken(reason, formSchema.properties?.[reason])}`;
    ui[name] = fieldUi(name, field, { isPrompt: name === prompt, off });
    const example = model.example?.[name];
    if (name === prompt && typeof example === "string") ui[name]["ui:options"].placeholder = example;
  }
  return ui;
}

function fieldUi(name: string, field: JsonSchema, state: { isPrompt?: boolean; off?: string | null } = {}): UiSchema {
  const widget = state.isPrompt ? "prompt" : widgetOf(field);
  const hints = hintsOf(field);
  const isTall = ["textarea", "files", "list", "choices"].includes(widget ?? "") || typeOf(field) === "object";
  const options: FieldOptions = {
    layout: state.isPrompt ? "prompt" : isTall || typeOf(field) === "array" ? "tall" : "row",
    isAdvanced: hints.advanced === true && !state.isPrompt,
    hasOneControl: widget !== null && !["segments", "ratios", "choices"].includes(widget),
    off: state.off ?? null,
    summary: spoken(name, field),
  };
  if (widget === "prompt" || widget === "textarea") options.rows = Math.min(20, Math.max(2, hints.rows ?? 4));
  if (widget === "files") {
    Object.assign(options, {
      noun: fileNoun(field),
      slots: slotsOf(field),
      kinds: fileKinds(field),
      accept: hints.accept,
    });
  }
  // MindVideo's durations are seconds throughout; nothing in a schema says so but the name.
  if (widget === "dial" && name === "duration") options.unit = { short: "s", long: "seconds" };
  const ui: UiSchema = { "ui:options": options };
  if (widget === "json") ui["ui:field"] = "json";
  else if (widget !== null) ui["ui:widget"] = widget;
  if (options.off !== null) ui["ui:disabled"] = true;
  for (const [key, child] of Object.entries(field.properties ?? {})) ui[key] = fieldUi(key, child);
  if (field.items) {
    const items = fieldUi("item", field.items);
    ui.items = { ...items, "ui:options": { ...items["ui:options"], layout: "bare" } };
  }
  return ui;
}

/** The widget of a field; null where the form itself draws what is inside (objects, and lists of them). */
function widgetOf(field: JsonSchema): string | null {
  if (isFileField(field)) return "files";
  if (field.enum) return choiceWidget(field.enum);
  switch (typeOf(field)) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return numberWidget(field);
    case "object":
      return field.properties ? null : "json";
    case "array":
      return listWidget(field.items ?? {});
    default:
      return hintsOf(field).widget === "textarea" ? "textarea" : "text";
  }
}

function choiceWidget(values: unknown[]): string {
  const words = values.map(String);
  if (words.length > MAX_SEGMENTS || words.join("").length > MAX_SEGMENT_CHARACTERS) return "select";
  return words.length > 1 && words.every((word) => ratioOf(word) !== null) ? "ratios" : "segments";
}

function numberWidget(field: JsonSchema): string {
  const { minimum, maximum } = field;
  const isBounded = typeof minimum === "number" && typeof maximum === "number" && maximum > minimum;
  if (isBounded && maximum - minimum <= SEED_RANGE) return "dial";
  const isOpen = typeof maximum !== "number" && hintsOf(field).advanced === true;
  return typeOf(field) === "integer" && (isBounded || isOpen) ? "seed" : "number";
}

function listWidget(items: JsonSchema): string | null {
  if (items.enum) return "choices";
  const type = typeOf(items);
  return type === "object" || type === "array" ? null : "list";
}

/** How many files fit; one more than anybody needs where the schema sets no end. */
function slotsOf(field: JsonSchema): number {
  return hintsOf(field).multiple === false ? 1 : Math.min(fileSlots(field), 20);
}

// "images", "seed": how a field is called in passing.
function spoken(name: string, field: unknown): string {
  const schema = isRecord(field) ? (field as JsonSchema) : {};
  return isFileField(schema) && typeOf(schema) === "array"
    ? `${fileNoun(schema)}s`
    : titleOf(name, schema).toLowerCase();
}
