import { toPayload } from "@/lib/models/rules";
import {
  hintsOf,
  isFileField,
  isRecord,
  isSeed,
  type JsonSchema,
  type Model,
  propertiesOf,
  resolveSchema,
  typeOf,
} from "@/lib/models/schema";
import type { Left, Upstream } from "@/lib/spend/schema";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The UTC day of a moment as 2026-11-22. Limits on money begin anew with it. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The midnight, UTC, after a moment. */
export const resetsAt = (at: number): number => (Math.floor(at / DAY_MS) + 1) * DAY_MS;

/** The row of `spend` for everybody, and those of single visitors. An owner is a hash, and never "all". */
export const scopeOf = (upstream: Upstream, whose: string): string => `${upstream}:${whose}`;

/** How a limit stands. Null without a limit, whatever was spent. */
export function leftOf(limit: number | null, { reserved, spent }: { reserved: number; spent: number }): Left | null {
  return limit === null ? null : { limit, spent, reserved, left: Math.max(0, limit - spent - reserved) };
}

/**
 * What a generation that has ended is booked with: what MindVideo reports, 0 included. Where it reports nothing, it is free
 * only if it cannot have arrived there; otherwise it may have cost all that was held or estimated.
 */
export function finalCost(row: {
  cost_actual: number | null;
  cost_estimate: number | null;
  may_have_arrived: number;
  reserved: number;
}): number {
  if (row.cost_actual !== null) return row.cost_actual;
  return row.may_have_arrived === 0 ? 0 : Math.max(row.reserved, row.cost_estimate ?? 0);
}

/**
 * What decides about the price of an input, as a canonical text: its values but for prompts and seed, and of each file field
 * how many files it has. The same for a state of the form and for the payload made of it.
 */
export function settingsOf(model: Model, input: unknown): string {
  return JSON.stringify(settle(model.inputSchema, toPayload(model, input), model.inputSchema));
}

function settle(schema: JsonSchema, value: unknown, root: JsonSchema): unknown {
  const { widget, uploadKind } = hintsOf(schema);
  if (widget === "file-upload" || uploadKind !== undefined) return [value].flat().length;
  if (Array.isArray(value)) {
    const items = resolveSchema(schema.items, root);
    return value.map((item) => settle(items, item, root));
  }
  if (!isRecord(value)) return value;
  const fields = propertiesOf(schema, root);
  const entries = Object.entries(value).filter(([name]) => {
    const field = fields[name] ?? {};
    return !isText(name, field) && !isSeed(name, field);
  });
  // By code unit, so that browsers and servers of any language agree.
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, settle(fields[name] ?? {}, item, root)]));
}

/** Whether a field holds words for the model ("negative_prompt") and not one of a few values ("style"). */
const isText = (name: string, field: JsonSchema): boolean =>
  typeOf(field) === "string" &&
  !Array.isArray(field.enum) &&
  !isFileField(field) &&
  (hintsOf(field).widget === "textarea" || /prompt$/i.test(name));
