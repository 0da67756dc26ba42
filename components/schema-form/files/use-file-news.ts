"use client";

import { useEffect, useRef, useState } from "react";
import type { FieldEntry } from "@/components/uploads/upload-queue";

/** What a screen reader hears of a field: that a file has arrived or has not, and what a person just moved. */
export function useFileNews(entries: readonly FieldEntry[], roleOf: (place: number) => string) {
  const [news, say] = useState<string | null>(null);
  // Empty at first: what failed while this was still being loaded is news too.
  const before = useRef<readonly FieldEntry[]>([]);
  useEffect(() => {
    const last = before.current;
    before.current = entries;
    if (last === entries) return;
    for (const [place, entry] of entries.entries()) {
      if (entry.type === "file" && entry.file.state === "failed") {
        const known = last.find((one) => one.type === "file" && one.file.id === entry.file.id);
        // It may have failed before it was ever drawn.
        if (known?.type !== "file" || known.file.state !== "failed") {
          say(`${roleOf(place)} did not arrive. ${entry.file.problem ?? ""}`);
        }
      }
      if (entry.type === "value" && last[place]?.type === "file" && last.length === entries.length) {
        say(`${roleOf(place)} is here.`);
      }
    }
  }, [entries, roleOf]);
  return { news, say };
}
