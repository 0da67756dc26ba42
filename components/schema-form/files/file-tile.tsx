"use client";

import { memo, useState, useSyncExternalStore } from "react";
import { FileName } from "@/components/schema-form/files/file-name";
import { addressName, lengthWords, sizeWords } from "@/components/schema-form/files/file-words";
import { TilePicture } from "@/components/schema-form/files/tile-picture";
import { Icon } from "@/components/ui/icon";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { picturePath, shaOfRef, type UploadKind, uploadPath } from "@/lib/uploads/schema";

type FileTileProps = {
  entry: FieldEntry;
  place: number;
  /** What the file is for: "First frame", "Image 2". */
  role: string;
  /** What an address leads to, as far as the schema tells. */
  kind: UploadKind;
  isDisabled: boolean;
  hasHandle: boolean;
  /** The field's own name says what it is for. */
  isAlone: boolean;
  onRemove: (place: number) => void;
  onCrop: (place: number) => void;
  onMove: (from: number, to: number) => void;
  onMeasure: (src: string, size: { width: number; height: number }) => void;
};

const STATES = { preparing: "Preparing", sending: "Sending", failed: "Failed" } as const;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** One file of a field, on its way or here. It draws again only when its own entry changes. */
export const FileTile = memo(function FileTile(props: FileTileProps) {
  const { entry, place, role, isDisabled, hasHandle, isAlone, onRemove, onCrop, onMove, onMeasure } = props;
  const queue = useUploadQueue();
  const file = entry.type === "file" ? entry.file : null;
  const value = entry.type === "value" ? entry.value : "";
  const upload = useSyncExternalStore(
    queue.subscribe,
    () => queue.uploadOf(value),
    () => null,
  );
  const isGone = useSyncExternalStore(
    queue.subscribe,
    () => queue.isGone(value),
    () => false,
  );
  const [length, setLength] = useState<{ of: string; milliseconds: number } | null>(null);

  const name = role.toLowerCase();
  const isFailed = file?.state === "failed";
  const kind = file?.kind ?? upload?.kind ?? props.kind;
  // A browser may still show what it kept of a deleted one, which cannot be sent.
  const src = file ? file.pictureUrl : isGone ? null : sourceOf(value, kind);
  const seed = file ? file.name : (upload?.name ?? value);
  const known = upload?.durationMs ?? (length?.of === seed ? length.milliseconds : null);
  const bytes = file?.bytes ?? upload?.bytes ?? null;
  const facts = [
    known !== null && Number.isFinite(known) ? lengthWords(known) : null,
    bytes !== null ? sizeWords(bytes) : null,
  ].filter((fact) => fact !== null);

  const fileName = !isGone && (
    <FileName name={file?.name ?? upload?.name ?? addressName(value)} className={isAlone ? "" : "tile__name"} />
  );

  return (
    <div className="tile" data-place={place} data-state={file ? file.state : "here"}>
      <div className="tile__pic">
        <TilePicture
          kind={kind}
          src={src}
          alt={role}
          seed={seed}
          onMeasure={onMeasure}
          onLength={(milliseconds) => setLength({ of: seed, milliseconds })}
        />
        {file && !isFailed && (
          <div
            role="progressbar"
            aria-label={`${STATES[file.state]} ${name}`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(wayOf(file) * 100)}
            className="tile__way"
          >
            <i style={{ width: `${wayOf(file) * 100}%` }} />
          </div>
        )}
        {isFailed && file.canRetry && (
          <button
            type="button"
            id={`file-${file.id}`}
            className="scrim scrim--word"
            aria-label={`Retry ${name}`}
            disabled={isDisabled}
            onClick={() => queue.retry(file.id)}
          >
            <Icon name="again" />
            Retry
          </button>
        )}
        {hasHandle && (
          <button
            type="button"
            className="scrim tile__grip"
            data-handle
            aria-label={`Move ${name}`}
            aria-description="The arrow keys move it one place."
            disabled={isDisabled}
            onKeyDown={(event) => {
              const step = STEPS[event.key];
              if (step === undefined) return;
              event.preventDefault();
              onMove(place, place + step);
            }}
          >
            <Icon name="grip" />
          </button>
        )}
        {upload?.kind === "image" && (
          <button
            type="button"
            className="scrim tile__crop"
            data-crop
            aria-label={`Crop ${name}`}
            disabled={isDisabled}
            onClick={() => onCrop(place)}
          >
            <Icon name="crop" />
          </button>
        )}
        <button
          type="button"
          id={isFailed && !file.canRetry ? `file-${file.id}` : undefined}
          className="scrim tile__x"
          data-remove
          aria-label={`${file && !isFailed ? "Cancel" : "Remove"} ${name}`}
          disabled={isDisabled}
          onClick={() => onRemove(place)}
        >
          <Icon name="x" />
        </button>
      </div>
      <div className="tile__cap">
        {isAlone ? fileName : <span>{role}</span>}
        {file ? (
          <span className="tile__state" aria-hidden="true">
            {isFailed && <Icon name="alert" />}
            {STATES[file.state]}
          </span>
        ) : (
          <span className="tile__fact">{facts.join(" · ")}</span>
        )}
      </div>
      {!isAlone && fileName}
      {isGone && <p className="tile__problem">This file is no longer here. Remove it, or add it again.</p>}
      {isFailed && file.problem && <p className="tile__problem">{file.problem}</p>}
    </div>
  );
}, isSameTile);

/** The queue makes entries anew around what stayed as it was. */
function isSameTile(before: FileTileProps, after: FileTileProps): boolean {
  const { entry: a, ...restBefore } = before;
  const { entry: b, ...restAfter } = after;
  const isSameEntry =
    a === b ||
    (a.type === "file" && b.type === "file" && a.file === b.file) ||
    (a.type === "value" && b.type === "value" && a.value === b.value);
  return (
    isSameEntry &&
    Object.entries(restBefore).every(([key, value]) => value === restAfter[key as keyof typeof restAfter])
  );
}

// Preparing takes about as long as sending does: half the way each.
const wayOf = ({ state, progress }: { state: string; progress: number }) =>
  (progress + (state === "sending" ? 1 : 0)) / 2;

/** Where the page shows a value from: our own server, always. Sound and video elsewhere are not fetched to be shown. */
function sourceOf(value: string, kind: UploadKind): string | null {
  const sha256 = shaOfRef(value);
  if (kind !== "image") return sha256 ? uploadPath(sha256) : null;
  return sha256 || /^https?:/i.test(value) ? picturePath(value) : null;
}
