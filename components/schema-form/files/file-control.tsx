"use client";

import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { nameId } from "@/components/schema-form/described-by";
import { EmptySlots } from "@/components/schema-form/files/empty-slots";
import { FileKeys } from "@/components/schema-form/files/file-keys";
import type { Size } from "@/components/schema-form/files/file-remarks";
import { hintOf, roleOf as roleOfEntry } from "@/components/schema-form/files/file-words";
import { pickedTypes } from "@/components/schema-form/files/picked-types";
import { useFieldQueue } from "@/components/schema-form/files/use-field-queue";
import { useLostFocus } from "@/components/schema-form/files/use-lost-focus";
import { Icon } from "@/components/ui/icon";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { shaOfRef, type UploadKind } from "@/lib/uploads/schema";

// An empty field, which is what most visits see, needs none of these.
const AddressField = lazy(() => import("@/components/schema-form/files/address-field"));
const FileTiles = lazy(() => import("@/components/schema-form/files/file-tiles"));
const FileRemarks = lazy(() => import("@/components/schema-form/files/file-remarks"));
const CropDialog = lazy(() => import("@/components/schema-form/files/crop-dialog"));
const EarlierDialog = lazy(() => import("@/components/schema-form/files/earlier-dialog"));

type FileControlProps = {
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
  useLostFocus(region, id, entries);

  const measure = useCallback(
    (src: string, size: Size) => setSizes((before) => (before.has(src) ? before : new Map(before).set(src, size))),
    [],
  );
  const crop = useCallback((place: number) => setOpened({ cropAt: place }), []);
  const remove = useCallback(
    (place: number) => {
      // Drawn at once, and the focus moved before anything else is pressed.
      flushSync(() => queue.remove(fieldId, place));
      // Not to the next one's key: whoever holds Enter would remove them all.
      document.getElementById(id)?.focus();
    },
    [queue, fieldId, id],
  );
  const count = entries.length;
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
  const keys = (
    <FileKeys
      fieldName={nameId(id)}
      hasCamera={kinds.includes("image")}
      hasOwn={entries.some((entry) => entry.type === "value" && shaOfRef(entry.value) !== null)}
      isDisabled={isDisabled}
      onAddress={() => setOpened("address")}
      onEarlier={() => setOpened("earlier")}
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
      <div {...group} tabIndex={-1} className="files__slots">
        {count > 0 && (
          <Suspense fallback={entries.map((_, place) => <Coming key={String(place)} isLast={isPair && place === 1} />)}>
            <FileTiles
              fieldId={fieldId}
              entries={entries}
              roleOf={roleOf}
              kind={kinds[0] ?? "image"}
              isPair={isPair}
              isAlone={slots === 1}
              isDisabled={isDisabled}
              onRemove={remove}
              onCrop={crop}
              onMeasure={measure}
            />
          </Suspense>
        )}
        {empty}
      </div>
      {!isFull && (
        <div className="files__more">
          <Suspense fallback={keys}>
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
              keys
            )}
          </Suspense>
          <p id={hintId} className="files__hint">
            {hintOf(kinds, types)}
          </p>
        </div>
      )}
      {notice !== null && (
        <p key={notice} ref={show} className="files__notice">
          <Icon name="alert" />
          {notice}
        </p>
      )}
      <p className="sr-only" aria-live="polite">
        {notice}
      </p>
      <Suspense>
        {count > 0 && <FileRemarks entries={entries} sizes={sizes} isPair={isPair} roleOf={roleOf} onCrop={crop} />}
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

/** What is said of a drop must not lie below the fold: a page that does nothing looks broken. */
const show = (said: HTMLElement | null) => said?.scrollIntoView?.({ block: "nearest" });

/** The place of a file whose drawing is still being loaded. */
function Coming({ isLast }: { isLast: boolean }) {
  return (
    <>
      {isLast && <span />}
      <div className="tile">
        <div className="tile__pic" />
      </div>
    </>
  );
}
