import { promptText } from "@/components/result/setting-cells";
import type { Shown } from "@/components/result/shown";
import type { Model } from "@/lib/models/schema";

/** What a clip goes on from, and what goes on from it, as far as this page knows. */
export type Family = { parent: { id: string; title: string } | null; children: string[] };

const SHORT_ID_CHARS = 6;

/** A clip in a few words: its prompt, or the beginning of its id when the page does not know it. */
export function titleOfClip(items: Shown[], id: string, model: Model): string {
  const known = items.find(({ generation }) => generation.id === id);
  return (known && promptText(model, known.generation)) || id.slice(0, SHORT_ID_CHARS);
}

/** The family of what stands on the stage. Its children are ids, newest first. */
export function familyOf(items: Shown[], shown: Shown, model: Model): Family {
  const { id, parentId } = shown.generation;
  return {
    parent: parentId === null ? null : { id: parentId, title: titleOfClip(items, parentId, model) },
    children: items.flatMap(({ generation }) => (generation.parentId === id ? [generation.id] : [])),
  };
}
