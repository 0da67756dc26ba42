"use client";

import { useEffect, useState } from "react";
import { type Draft, readDraft, writeDraft } from "@/components/playground/draft";

const SAVE_AFTER_MS = 300;
const UNTOUCHED: Draft = {};

/** The state of the form, kept in this browser until something else is typed. Nothing of it is sent anywhere. */
export function useDraft(slug: string): [Draft, (next: Draft) => void] {
  const [draft, setDraft] = useState<Draft>(UNTOUCHED);

  useEffect(() => {
    // After the first render, which has to be what the server drew. What was typed before that wins.
    const kept = readDraft(slug);
    if (kept) setDraft((typed) => ({ ...kept, ...typed }));
  }, [slug]);

  useEffect(() => {
    if (draft === UNTOUCHED) return;
    const stop = () => {
      clearTimeout(timer);
      removeEventListener("pagehide", save);
    };
    // Once only: a page that changed nothing since must not write over what another tab has typed.
    const save = () => {
      stop();
      writeDraft(slug, draft);
    };
    const timer = setTimeout(save, SAVE_AFTER_MS);
    addEventListener("pagehide", save);
    return stop;
  }, [draft, slug]);

  return [draft, setDraft];
}
