import "server-only";
import { z } from "zod";
import type { Press } from "@/lib/generations/schema";
import { isRecord } from "@/lib/models/schema";

const MAX_PRESSES = 8;
const MAX_INPUT_CHARS = 200_000;
const MAX_INPUT_DEPTH = 16;
const MAX_IDS = 50;

const press = z.object({
  id: z.uuidv4(),
  model: z.string().max(200),
  input: z.custom<Press["input"]>((value) => isRecord(value) && isPlain(value)),
  parentId: z.uuidv4().nullish(),
});

/**
 * Whether a value is what a form holds, and not too much of it. An action can be sent far more than JSON: big integers,
 * dates, rings, and a few objects that name each other so often that going through them never ends. So the walk itself
 * counts, and nothing else may touch an input before it.
 */
function isPlain(input: unknown): boolean {
  let room = MAX_INPUT_CHARS;
  const visit = (value: unknown, depth: number): boolean => {
    room -= typeof value === "string" ? value.length : 1;
    if (room < 0 || depth > MAX_INPUT_DEPTH) return false;
    if (typeof value !== "object" || value === null) return typeof value !== "bigint" && typeof value !== "function";
    if (Array.isArray(value)) return value.every((item) => visit(item, depth + 1));
    if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
    return Object.entries(value).every(([key, item]) => {
      room -= key.length;
      return visit(item, depth + 1);
    });
  };
  return visit(input, 0);
}

/** What a browser sent as presses; null stands where one is not readable. Nothing at all when it is no list. */
export function readPresses(sent: unknown): (Press | null)[] {
  if (!Array.isArray(sent)) return [];
  return sent.slice(0, MAX_PRESSES).map((item) => press.safeParse(item).data ?? null);
}

/** The generation ids of a query string, each once, at most fifty; what is no id is left out. */
export function readIds(text: string): string[] {
  const ids = text.split(",").filter((id) => z.uuidv4().safeParse(id).success);
  return [...new Set(ids)].slice(0, MAX_IDS);
}
