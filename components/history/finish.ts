import type { Generation } from "@/lib/generations/schema";
import { isWatched, type Status } from "@/lib/generations/transitions";

/** The generations that were running when we looked last and are not any more. What is new to us did not just finish. */
export function justFinished(before: ReadonlyMap<string, Status>, generations: Generation[]): Generation[] {
  return generations.filter(({ id, status }) => {
    const old = before.get(id);
    return old !== undefined && isWatched(old) && !isWatched(status);
  });
}

const MAX_TITLE_CHARS = 40;

/** "Done: A lighthouse on a basalt…", for the title of a page nobody is looking at. */
export function finishText(word: string, prompt: string | null): string {
  if (!prompt) return word;
  const line = prompt.replace(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return `${word}: ${characters.length > MAX_TITLE_CHARS ? `${characters.slice(0, MAX_TITLE_CHARS).join("").trimEnd()}…` : line}`;
}
