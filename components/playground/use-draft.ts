"use client";

import { useEffect, useState } from "react";
import { type Draft, readDraft, writeDraft } from "@/components/playground/draft";

const SAVE_AFTER_MS = 300;

/** The state of the form, kept in this browser until something else is typed. Nothing of it is sent anywhere. */
export function useDraft(slug: string): [Draft, (next: Draft) => void] {
  const [draft, setDraft] = useState<Draft>({});
  const [isLoaded, setLoaded] = useState(false);

  useEffect(() => {
    // After the first render, which has to be what the server drew. What was typed before that wins.
    const kept = readDraft(slug);
    setDraft((typed) => (kept ? { ...kept, ...typed } : typed));
    setLoaded(true);
  }, [slug]);

  useEffect(() => {
    if (!isLoaded) return;
    const save = () => writeDraft(slug, draft);
    const timer = setTimeout(save, SAVE_AFTER_MS);
    addEventListener("pagehide", save);
    return () => {
      clearTimeout(timer);
      removeEventListener("pagehide", save);
    };
  }, [draft, isLoaded, slug]);

  return [draft, setDraft];
}
