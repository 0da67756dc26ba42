"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { uploadsQuery } from "@/components/schema-form/files/earlier-uploads";
import { FileName } from "@/components/schema-form/files/file-name";
import { lengthWords, sizeWords } from "@/components/schema-form/files/file-words";
import { TilePicture } from "@/components/schema-form/files/tile-picture";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { quoted } from "@/components/uploads/file-check";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { thumbPath, type Upload, type UploadKind, uploadPath } from "@/lib/uploads/schema";

type EarlierDialogProps = {
  kinds: UploadKind[];
  /** How many more the field takes. */
  room: number;
  onPick: (refs: string[]) => void;
  onClose: () => void;
};

const nothing = () => {};

/** The visitor's earlier uploads, to be used once more, or deleted. */
export default function EarlierDialog({ kinds, room, onPick, onClose }: EarlierDialogProps) {
  const client = useQueryClient();
  const queue = useUploadQueue();
  const { data, isPending, isError, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(uploadsQuery);
  const cancel = useRef<HTMLButtonElement>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const uploads = data?.pages.flatMap((page) => page.uploads).filter(({ kind }) => kinds.includes(kind)) ?? [];

  const toggle = (ref: string) =>
    // With no room left the newest choice takes the place of the oldest.
    setChosen((before) => (before.includes(ref) ? before.filter((one) => one !== ref) : [...before, ref].slice(-room)));

  async function remove(upload: Upload) {
    setProblem(null);
    try {
      const response = await fetch(uploadPath(upload.sha256), { method: "DELETE" });
      if (!response.ok) {
        const { error } = (await response.json()) as { error?: { message?: string } };
        return setProblem(error?.message ?? "It could not be deleted right now. Try again in a moment.");
      }
      setChosen((before) => before.filter((ref) => ref !== upload.ref));
      takeOut(upload);
      await client.invalidateQueries({ queryKey: ["uploads"] });
      // The key that was pressed is gone with its file.
      setTimeout(() => document.activeElement === document.body && cancel.current?.focus());
    } catch {
      setProblem("The server does not answer, so nothing was deleted. Try again in a moment.");
    }
  }

  /** A form that still held it could not be sent, and its picture would look as if it were there. */
  function takeOut({ ref, name }: Upload) {
    for (const { fieldId } of queue.fields()) {
      const places = queue
        .entries(fieldId)
        .flatMap((entry, place) => (entry.type === "value" && entry.value === ref ? [place] : []));
      for (const place of places.reverse()) queue.remove(fieldId, place);
      if (places.length > 0) queue.say(fieldId, `${quoted(name)} was deleted, so this field no longer holds it.`);
    }
  }

  const pick = () => {
    onClose();
    onPick(chosen);
  };
  return (
    <Dialog
      title="Earlier uploads"
      onClose={onClose}
      foot={
        <>
          <span className="earlier__count" aria-live="polite">
            {problem ?? (chosen.length > 0 ? `${chosen.length} chosen` : `Room for ${room} more`)}
          </span>
          <button ref={cancel} type="button" className="key key--bare ml-auto" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="key key--ink" disabled={chosen.length === 0} onClick={pick}>
            Add
          </button>
        </>
      }
    >
      {isError ? (
        <p className="earlier__say">
          Your uploads could not be loaded.
          <button type="button" className="key" onClick={() => refetch()}>
            Try again
          </button>
        </p>
      ) : uploads.length === 0 && !hasNextPage ? (
        <p className="earlier__say">
          {isPending
            ? "Loading"
            : "Nothing here yet. What you upload is kept for a day, and longer while something uses it."}
        </p>
      ) : (
        <ul className="earlier" aria-label="Earlier uploads">
          {uploads.map((upload) => (
            <EarlierUpload
              key={upload.ref}
              upload={upload}
              isChosen={chosen.includes(upload.ref)}
              onToggle={() => toggle(upload.ref)}
              onDelete={() => remove(upload)}
            />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <button
          type="button"
          className="key earlier__more"
          disabled={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          Show more
        </button>
      )}
    </Dialog>
  );
}

type EarlierUploadProps = { upload: Upload; isChosen: boolean; onToggle: () => void; onDelete: () => void };

function EarlierUpload({ upload, isChosen, onToggle, onDelete }: EarlierUploadProps) {
  const [isAsking, setAsking] = useState(false);
  const { name, kind, sha256, bytes, durationMs } = upload;
  const facts = [durationMs === null ? null : lengthWords(durationMs), sizeWords(bytes)].filter(
    (fact) => fact !== null,
  );
  return (
    <li className="earlier__one">
      <label className="tile__pic" data-chosen={isChosen || undefined}>
        <TilePicture
          kind={kind}
          src={kind === "image" ? thumbPath(sha256) : kind === "video" ? uploadPath(sha256) : null}
          alt=""
          seed={name}
          onMeasure={nothing}
          onLength={nothing}
        />
        <input type="checkbox" aria-label={name} checked={isChosen} onChange={onToggle} />
        {isChosen && (
          <span className="earlier__check">
            <Icon name="check" />
          </span>
        )}
      </label>
      <FileName name={name} className="tile__name" />
      <div className="earlier__cap">
        {isAsking ? (
          <>
            <button type="button" className="key key--small" onClick={onDelete}>
              Delete
            </button>
            <button type="button" className="key key--bare key--small" onClick={() => setAsking(false)}>
              Keep
            </button>
          </>
        ) : (
          <>
            <span className="tile__fact">{facts.join(" · ")}</span>
            <button
              type="button"
              className="key key--bare key--small key--icon"
              aria-label={`Delete ${name}`}
              onClick={() => setAsking(true)}
            >
              <Icon name="x" />
            </button>
          </>
        )}
      </div>
    </li>
  );
}
