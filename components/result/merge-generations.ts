import type { Generation } from "@/lib/generations/schema";
import { isFinal } from "@/lib/generations/transitions";

/**
 * Lays newer rows over known ones, newest press first. A final state is never left: an answer that was on its way
 * while the end was already known changes nothing.
 */
export function mergeGenerations(known: Generation[], rows: Generation[]): Generation[] {
  const byId = new Map(known.map((generation) => [generation.id, generation]));
  for (const row of rows) {
    const old = byId.get(row.id);
    if (old && isFinal(old.status) && !isFinal(row.status)) continue;
    byId.set(row.id, row);
  }
  return [...byId.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}
