"use client";

import { useCallback, useRef } from "react";
import { FileTile } from "@/components/schema-form/files/file-tile";
import { followDrag } from "@/components/schema-form/files/tile-drag";
import { useFileNews } from "@/components/schema-form/files/use-file-news";
import { Icon } from "@/components/ui/icon";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import type { UploadKind } from "@/lib/uploads/schema";

type FileTilesProps = {
  /** The field's name in the queue. */
  fieldId: string;
  entries: readonly FieldEntry[];
  roleOf: (place: number) => string;
  /** What an address leads to, as far as the schema tells. */
  kind: UploadKind;
  isPair: boolean;
  isAlone: boolean;
  isDisabled: boolean;
  onRemove: (place: number) => void;
  onCrop: (place: number) => void;
  onMeasure: (src: string, size: { width: number; height: number }) => void;
};

/** The files of a field, each where it stands in the order, to be dragged; between two a key that swaps them. */
export default function FileTiles({ fieldId, entries, isPair, roleOf, isDisabled, ...rest }: FileTilesProps) {
  const queue = useUploadQueue();
  const list = useRef<HTMLDivElement>(null);
  const { news, say } = useFileNews(entries, roleOf);
  const count = entries.length;
  const move = useCallback(
    (from: number, to: number) => {
      if (to < 0 || to >= count) return;
      queue.move(fieldId, from, to);
      say(isPair ? "First and last frame swapped." : `${roleOf(from)} is now number ${to + 1} of ${count}.`);
      const isHandled = document.activeElement?.hasAttribute("data-handle");
      // It stays with the file, which has another place now.
      if (isHandled) list.current?.querySelector<HTMLElement>(`[data-place="${to}"] [data-handle]`)?.focus();
    },
    [queue, fieldId, count, isPair, roleOf, say],
  );
  const tiles = entries.map((entry, place) => (
    <FileTile
      // The place, not the file: what becomes of a file on its way stays the same tile, and keeps the focus.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      key={place}
      entry={entry}
      place={place}
      role={roleOf(place)}
      isDisabled={isDisabled}
      hasHandle={!isPair && count > 1}
      onMove={move}
      {...rest}
    />
  ));
  return (
    <div
      ref={list}
      className="contents"
      onPointerDown={(event) => {
        const target = event.target as Element;
        const tile = target.closest<HTMLElement>("[data-place]");
        const isByHandle = target.closest("[data-handle]") !== null;
        if (!tile || event.button !== 0 || isDisabled || (!isByHandle && target.closest("button"))) return;
        followDrag({ press: event.nativeEvent, tile, isByHandle, onDrop: move });
      }}
    >
      {tiles[0]}
      {isPair && count === 2 && (
        <button
          type="button"
          className="key key--bare key--small key--icon files__swap"
          aria-label="Swap first and last frame"
          disabled={isDisabled}
          onClick={() => move(0, 1)}
        >
          <Icon name="swap" />
        </button>
      )}
      {tiles.slice(1)}
      <p className="sr-only" aria-live="polite">
        {news}
      </p>
    </div>
  );
}
