"use client";

import { useId, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { AttachedField, FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { useFieldEntries } from "@/components/uploads/use-field-entries";

/**
 * A field's place in the page's queue. It goes by an id of its own, not by the form's: an entry of a list that is moved
 * takes its files along.
 */
export function useFieldQueue(field: AttachedField & { id: string }): {
  fieldId: string;
  entries: readonly FieldEntry[];
  notice: string | null;
} {
  const queue = useUploadQueue();
  const fieldId = useId();
  const { id, kinds, accept, slots } = field;
  const latest = useRef(field);
  useLayoutEffect(() => {
    latest.current = field;
  });
  const values = JSON.stringify(field.values);
  // Before the first paint, so that a field never shows empty for a moment.
  useLayoutEffect(
    () =>
      queue.attach(fieldId, {
        control: id,
        values: JSON.parse(values),
        kinds,
        accept,
        slots,
        onValues: (next) => latest.current.onValues(next),
      }),
    [queue, fieldId, id, values, kinds, accept, slots],
  );
  const entries = useFieldEntries(fieldId);
  const notice = useSyncExternalStore(
    queue.subscribe,
    () => queue.notice(fieldId),
    () => null,
  );
  return { fieldId, entries, notice };
}
