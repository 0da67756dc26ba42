"use client";

import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { nameId } from "@/components/schema-form/described-by";
import { AddressField } from "@/components/schema-form/files/address-field";
import { EmptySlots } from "@/components/schema-form/files/empty-slots";
import { FileKeys } from "@/components/schema-form/files/file-keys";
import { FileRemarks, type Size } from "@/components/schema-form/files/file-remarks";
import { FileTile } from "@/components/schema-form/files/file-tile";
import { hintOf, roleOf as roleOfEntry } from "@/components/schema-form/files/file-words";
import { pickedTypes } from "@/components/schema-form/files/picked-types";
import { followDrag } from "@/components/schema-form/files/tile-drag";
import { useFieldQueue } from "@/components/schema-form/files/use-field-queue";
import { useFileNews } from "@/components/schema-form/files/use-file-news";
import { useLostFocus } from "@/components/schema-form/files/use-lost-focus";
import { Icon } from "@/components/ui/icon";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { shaOfRef, type UploadKind } from "@/lib/uploads/schema";

// Most visits open neither.
const CropDialog = lazy(() => import("@/components/schema-form/files/crop-dialog"));
const EarlierDialog = lazy(() => import("@/components/schema-form/files/earlier-dialog"));

export type FileControlProps = {
  id: string;
  title: string;
  values: string[];
  kinds: UploadKind[];
  accept?: string;
  slots: number;
  noun: string;
  describedBy?: string;
  isDisabled: boolean;
  isInvalid: boolean;
  onValues: (values: string[]) => void;
  /** The field is left. */
  onLeave: () => void;
};

/** The files of a field: those that are here, those on their way, and every way to bring more. */
export function FileControl(props: FileControlProps) {
  const { id, title, kinds, accept, slots, noun, isDisabled, isInvalid, onLeave } = props;
  const queue = useUploadQueue();
  const { fieldId, entries, notice } = useFieldQueue(props);
  const region = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<"address" | "earlier" | { cropAt: number } | null>(null);
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());

  const isPair = slots === 2 && noun === "image";
  const isFull = entries.length >= slots;
  const types = useMemo(() => pickedTypes(kinds, accept), [kinds, accept]);
  const roleOf = useCallback((place: number) => roleOfEntry(place, { title, noun, slots }), [title, noun, slots]);
  const { news, say } = useFileNews(entries, roleOf);
  useLostFocus(region, id, entries);

  const measure = useCallback(
    (src: string, size: Size) => setSizes((before) => (before.has(src) ? before : new Map(before).set(src, size))),
    [],
  );
  const crop = useCallback((place: number) => setOpened({ cropAt: place }), []);
  const remove = useCallback(
    (place: number) => {
      queue.remove(fieldId, place);
      // Not to the next one's key: whoever holds Enter would remove them all.
      requestAnimationFrame(() => document.getElementById(id)?.focus());
    },
    [queue, fieldId, id],
  );
  const count = entries.length;
  const move = useCallback(
    (from: number, to: number) => {
      if (to < 0 || to >= count) return;
      queue.move(fieldId, from, to);
      say(isPair ? "First and last frame swapped." : `${roleOf(from)} is now number ${to + 1} of ${count}.`);
      const isHandled = document.activeElement?.hasAttribute("data-handle");
      // It stays with the file, which has another place now.
      if (isHandled) region.current?.querySelector<HTMLElement>(`[data-place="${to}"] [data-handle]`)?.focus();
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
      kind={kinds[0] ?? "image"}
      isDisabled={isDisabled}
      hasHandle={!isPair && count > 1}
      isAlone={slots === 1}
      onRemove={remove}
      onCrop={crop}
      onMove={move}
      onMeasure={measure}
    />
  ));
  const hintId = `${id}__hint`;
  const empty = !isFull && (
    <EmptySlots
      id={id}
      roles={isPair ? ["First frame", "Last frame"].slice(count) : [count === 0 ? null : `Another ${noun}`]}
      types={types}
      isMultiple={slots > 1}
      isDisabled={isDisabled}
      isInvalid={isInvalid}
      describedBy={[hintId, props.describedBy].filter(Boolean).join(" ")}
      onFiles={(files) => queue.add(fieldId, files)}
    />
  );
  // When nothing more fits there is no way in, and the files are what the field's title leads to.
  const group = isFull
    ? ({ role: "group", id, "aria-labelledby": nameId(id), "aria-describedby": props.describedBy } as const)
    : {};
  const close = () => setOpened(null);
  const cropAt = typeof opened === "object" && opened !== null ? opened.cropAt : null;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the whole field is left.
    <div
      ref={region}
      className="files"
      data-file-field={fieldId}
      data-title={title}
      data-next={roleOf(count).toLowerCase()}
      data-slots={slots === 1 ? "one" : isPair ? "pair" : "many"}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onLeave();
      }}
    >
      <div
        {...group}
        tabIndex={-1}
        className="files__slots"
        onPointerDown={(event) => {
          const target = event.target as Element;
          const tile = target.closest<HTMLElement>("[data-place]");
          const isByHandle = target.closest("[data-handle]") !== null;
          if (!tile || event.button !== 0 || isDisabled || (!isByHandle && target.closest("button"))) return;
          followDrag({ press: event.nativeEvent, tile, isByHandle, onDrop: move });
        }}
      >
        {isPair && count === 2 ? (
          <>
            {tiles[0]}
            <button
              type="button"
              className="key key--bare key--small key--icon files__swap"
              aria-label="Swap first and last frame"
              disabled={isDisabled}
              onClick={() => move(0, 1)}
            >
              <Icon name="swap" />
            </button>
            {tiles[1]}
          </>
        ) : (
          tiles
        )}
        {empty}
      </div>
      {!isFull && (
        <div className="files__more">
          {opened === "address" ? (
            <AddressField
              title={title}
              noun={noun}
              describedBy={props.describedBy}
              isInvalid={isInvalid}
              onAdd={(addresses) => queue.add(fieldId, addresses)}
              onClose={(hasFocus) => {
                close();
                if (hasFocus) document.getElementById(id)?.focus();
              }}
            />
          ) : (
            <FileKeys
              fieldName={nameId(id)}
              hasCamera={kinds.includes("image")}
              hasOwn={entries.some((entry) => entry.type === "value" && shaOfRef(entry.value) !== null)}
              isDisabled={isDisabled}
              onAddress={() => setOpened("address")}
              onEarlier={() => setOpened("earlier")}
              onFiles={(files) => queue.add(fieldId, files)}
            />
          )}
          <p id={hintId} className="files__hint">
            {hintOf(kinds, types)}
          </p>
        </div>
      )}
      {notice !== null && (
        <p className="files__notice">
          <Icon name="alert" />
          {notice}
        </p>
      )}
      <FileRemarks entries={entries} sizes={sizes} isPair={isPair} roleOf={roleOf} onCrop={crop} />
      <p className="sr-only" aria-live="polite">
        {news ?? notice}
      </p>
      <Suspense>
        {cropAt !== null && (
          <CropDialog
            entry={entries[cropAt]}
            partner={isPair ? entries[1 - cropAt] : undefined}
            place={cropAt}
            roleOf={roleOf}
            onCrop={(file) => {
              // Nothing behind an open dialog can take the focus.
              flushSync(close);
              queue.replace(fieldId, cropAt, file);
              region.current?.querySelector<HTMLElement>(`[data-place="${cropAt}"] [data-remove]`)?.focus();
            }}
            onClose={close}
          />
        )}
        {opened === "earlier" && (
          <EarlierDialog
            kinds={kinds}
            room={slots - count}
            onPick={(refs) => queue.add(fieldId, refs)}
            onClose={close}
          />
        )}
      </Suspense>
    </div>
  );
}
