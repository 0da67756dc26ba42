import { isRecord } from "@/lib/models/schema";

export type Draft = Record<string, unknown>;

const keyOf = (slug: string) => `mindvideo:draft:${slug}`;

/** What was left in the form of this model; null when nothing was, or it cannot be read. */
export function readDraft(slug: string): Draft | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(slug)) ?? "null");
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keeps the form of this model in the browser. Where storage is closed or full, the draft lives as long as the page. */
export function writeDraft(slug: string, draft: Draft) {
  try {
    localStorage.setItem(keyOf(slug), JSON.stringify(draft));
  } catch {
    // Nothing to be done, and nothing lost that is on the screen.
  }
}
