import type { AppError } from "@/lib/errors";
import type { Generation, Press } from "@/lib/generations/schema";
import { isWatched, STATUS } from "@/lib/generations/transitions";

type PressOrigin = "sending" | "unsent" | "outdated" | "locked" | "refused";

/**
 * Anything that can stand on the stage: a row of the server; a press on its way there or left behind; a press the
 * server refused. All but the first are known to this browser alone.
 */
export type Shown = { generation: Generation; origin: "row" | PressOrigin };

/** Whether it runs, and somebody waits for it. */
export const isRunning = ({ status, stoppedAt }: Generation): boolean => isWatched(status) && stoppedAt === null;

/** Whether its owner stopped watching it, and MindVideo has not ended it since. */
export const isUnwatched = ({ status, stoppedAt }: Generation): boolean => isWatched(status) && stoppedAt !== null;

/** Whether it has come to rest, as a clip or otherwise: nothing happens to it by itself any more. */
export const hasEnded = (shown: Shown): boolean => isLeft(shown) || !isRunning(shown.generation);

/** Whether it waits in this browser for somebody to do something. */
export const isLeft = ({ origin }: Shown): boolean => ["unsent", "outdated", "locked"].includes(origin);

/** Its state in a word or two. */
export function wordOf(shown: Shown): string {
  if (isLeft(shown)) return "Not sent";
  return isUnwatched(shown.generation) ? "Not watched" : STATUS[shown.generation.status].word;
}

/** A press as the page shows it before there is a row, or when there never will be one. */
export function pressAsShown(
  press: Press & { at: number },
  modelName: string,
  origin: PressOrigin,
  error: AppError | null = null,
): Shown {
  const generation: Generation = {
    id: press.id,
    model: press.model,
    modelName,
    input: press.input,
    status: origin === "refused" ? "failed" : "submitting",
    createdAt: press.at,
    sentAt: null,
    acceptedAt: null,
    finishedAt: origin === "refused" ? press.at : null,
    taskId: null,
    requestId: null,
    costEstimate: null,
    costActual: null,
    outputs: [],
    events: [],
    error,
    favorite: false,
    parentId: press.parentId ?? null,
    stoppedAt: null,
    shared: null,
  };
  return { generation, origin };
}
