"use client";

import { useSyncExternalStore } from "react";
import { frameRemarks, type Measured, ratioName } from "@/components/schema-form/files/frame-remarks";
import { Icon } from "@/components/ui/icon";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { picturePath, shaOfRef } from "@/lib/uploads/schema";

export type Size = { width: number; height: number };

type Props = {
  entries: readonly FieldEntry[];
  /** The pictures that were drawn, by where they came from. */
  sizes: ReadonlyMap<string, Size>;
  isPair: boolean;
  roleOf: (place: number) => string;
  onCrop: (place: number) => void;
};

const PREVIEW_SIDE_PX = 512;

/** What is worth knowing about the pictures before a clip is paid for, each with what mends it. */
export default function FileRemarks({ entries, sizes, isPair, roleOf, onCrop }: Props) {
  const queue = useUploadQueue();
  const known = useSyncExternalStore(
    queue.subscribe,
    () => JSON.stringify(entries.map((entry) => measured(entry, sizes, queue.uploadOf))),
    () => "[]",
  );
  const remarks = frameRemarks(JSON.parse(known), isPair, roleOf);
  if (remarks.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {remarks.map(({ place, sentence, cropTo }) => {
        const entry = entries[place];
        const isOurs = entry?.type === "value" && shaOfRef(entry.value) !== null;
        return (
          <li key={sentence} className="files__remark">
            <Icon name="alert" />
            <span>{sentence}</span>
            {cropTo !== null && isOurs && (
              <button type="button" className="key key--small" onClick={() => onCrop(place)}>
                <Icon name="crop" />
                Crop {roleOf(place).toLowerCase()} to {ratioName(cropTo)}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function measured(
  entry: FieldEntry,
  sizes: ReadonlyMap<string, Size>,
  uploadOf: (ref: string) => { width: number | null; height: number | null } | null,
): Measured | null {
  if (entry.type === "file") {
    const size = entry.file.pictureUrl === null ? undefined : sizes.get(entry.file.pictureUrl);
    return entry.file.kind === "image" && size ? { ...size, isShrunk: false } : null;
  }
  const upload = uploadOf(entry.value);
  if (upload) {
    const { width, height } = upload;
    return width && height ? { width, height, isShrunk: false } : null;
  }
  const size = sizes.get(picturePath(entry.value));
  return size ? { ...size, isShrunk: Math.max(size.width, size.height) >= PREVIEW_SIDE_PX } : null;
}
