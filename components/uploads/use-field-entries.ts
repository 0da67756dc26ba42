"use client";

import { useSyncExternalStore } from "react";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";

const NOTHING: readonly FieldEntry[] = [];

/** What a field shows: its values, and between them the files that are on their way to it. */
export function useFieldEntries(fieldId: string): readonly FieldEntry[] {
  const queue = useUploadQueue();
  return useSyncExternalStore(
    queue.subscribe,
    () => queue.entries(fieldId),
    () => NOTHING,
  );
}
