import type { PendingPress } from "@/components/playground/press-sender";
import { pressAsShown, type Shown } from "@/components/result/shown";
import type { Generation } from "@/lib/generations/schema";

/**
 * Everything that can be put on the stage, newest first: this browser's presses, what the server refused outright, and
 * the rows. Where a press already has its row, the row is the truth.
 */
export function stageItems(
  generations: Generation[],
  pending: PendingPress[],
  refused: Shown[],
  modelName: string,
): Shown[] {
  const rows = generations.map((generation): Shown => ({ generation, origin: "row" }));
  const ids = new Set(generations.map(({ id }) => id));
  const own = [...pending.map(({ press, state }) => pressAsShown(press, modelName, state)), ...refused];
  return [...own.filter(({ generation }) => !ids.has(generation.id)), ...rows].sort(
    (a, b) => b.generation.createdAt - a.generation.createdAt,
  );
}

/** What the server refused, with one more: several presses may have waited for it to answer. */
export const withRefusal = (refused: Shown[], shown: Shown): Shown[] => [
  ...refused.filter(({ generation }) => generation.id !== shown.generation.id),
  shown,
];

/**
 * Who stands on the stage after something finished: it takes the stage only if nothing is there, for what a person is
 * looking at is never taken away.
 */
export const stageAfterFinish = (onStage: string | null, finished: string): string => onStage ?? finished;

/** Who takes the stage when this one goes: the next older one, else the next newer one; null when there is no other. */
export function neighbourOf(items: Shown[], id: string): string | null {
  const place = items.findIndex(({ generation }) => generation.id === id);
  return (items[place + 1] ?? items[place - 1])?.generation.id ?? null;
}
