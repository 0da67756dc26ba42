"use client";

import { startTransition, useLayoutEffect, useState } from "react";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";

const NOTHING: readonly FieldEntry[] = [];

/**
 * What a field shows: its values, and between them the files that are on their way to it. What a person does is drawn at
 * once; what becomes of a file is drawn in small steps, so that typing goes on meanwhile.
 */
export function useFieldEntries(fieldId: string): readonly FieldEntry[] {
  const queue = useUploadQueue();
  const [entries, setEntries] = useState(NOTHING);
  useLayoutEffect(() => {
    const look = (isUrgent: boolean) => {
      const next = queue.entries(fieldId);
      if (isUrgent) setEntries(next);
      else startTransition(() => setEntries(next));
    };
    look(true);
    return queue.subscribe(look);
  }, [queue, fieldId]);
  return entries;
}
