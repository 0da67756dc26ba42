import "server-only";
import { z } from "zod";
import type { Press } from "@/lib/generations/schema";

const MAX_PRESSES = 8;
const MAX_INPUT_CHARS = 200_000;
const MAX_IDS = 50;

const press = z.object({
  id: z.uuidv4(),
  model: z.string().max(200),
  input: z.record(z.string(), z.unknown()).refine((input) => JSON.stringify(input).length <= MAX_INPUT_CHARS),
  parentId: z.uuidv4().nullish(),
});

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
