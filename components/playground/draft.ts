import { isRecord } from "@/lib/models/schema";

export type Draft = Record<string, unknown>;

const keyOf = (slug: string) => `mindvideo:draft:${slug}`;

/** Where drafts are kept; null where the browser keeps nothing. */
function storageOf(kind: "sessionStorage" | "localStorage"): Storage | null {
  try {
    return window[kind];
  } catch {
    return null;
  }
}

function readFrom(kind: "sessionStorage" | "localStorage", slug: string): Draft | null {
  try {
    const value: unknown = JSON.parse(storageOf(kind)?.getItem(keyOf(slug)) ?? "null");
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * What was left in the form of this model: in this tab, or else in the tab that was typed in last; null when nothing was, or it
 * cannot be read. What this tab keeps counts only while the browser keeps something too: it can be deleted in another one.
 */
export function readDraft(slug: string): Draft | null {
  const last = readFrom("localStorage", slug);
  return last && (readFrom("sessionStorage", slug) ?? last);
}

/** Keeps the form of this model in the browser. Where storage is closed or full, the draft lives as long as the page. */
export function writeDraft(slug: string, draft: Draft) {
  const text = JSON.stringify(draft);
  for (const kind of ["sessionStorage", "localStorage"] as const) {
    try {
      storageOf(kind)?.setItem(keyOf(slug), text);
    } catch {
      // Nothing to be done, and nothing lost that is on the screen.
    }
  }
}

/** Takes everything of the playground out of what this tab keeps. */
export function forgetTab() {
  const storage = storageOf("sessionStorage");
  for (const key of Object.keys(storage ?? {})) if (key.startsWith("mindvideo:")) storage?.removeItem(key);
}
