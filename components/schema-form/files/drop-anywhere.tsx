"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { addressesIn, broughtThings, fieldFor, shareOut } from "@/components/schema-form/files/brought-things";
import { Icon } from "@/components/ui/icon";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import { UPLOAD_KINDS } from "@/lib/uploads/schema";

type Props = {
  /** Brings a field that lies folded away to light. */
  onUnfold: () => void;
};

/** Where a drag would end. */
type Landing = { says: string; about: string };

const FOLDER = "Folders cannot be added. Open it and take the files themselves.";
const NO_FILE = "That is neither a file nor the address of one, so nothing was added.";

const controlOf = (fieldId: string) =>
  [...document.querySelectorAll<HTMLElement>("[data-file-field]")].find((one) => one.dataset.fileField === fieldId);
const fieldAt = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>("[data-file-field]") : null;
const isText = (target: EventTarget | null) =>
  target instanceof Element && target.closest("textarea, input[type=text], [contenteditable]") !== null;

/**
 * Files that are dropped or pasted anywhere on the page find their field. While something is dragged over the page, the
 * panel says where it will go; wherever it is dropped, the page stays.
 */
export function DropAnywhere({ onUnfold }: Props) {
  const queue = useUploadQueue();
  const [landing, setLanding] = useState<Landing | null>(null);

  const add = (things: (File | string)[], hasFolder: boolean, fieldId: string | undefined) => {
    const fields = queue.fields();
    const shares = fieldId === undefined ? shareOut(things, fields) : new Map([[fieldId, things]]);
    const said = hasFolder ? FOLDER : things.length === 0 ? NO_FILE : null;
    for (const [id, own] of shares) if (own.length > 0) queue.add(id, own);
    const first = shares.keys().next().value ?? fields[0]?.fieldId;
    if (first === undefined) return;
    if (said !== null) queue.say(first, said);
    const control = controlOf(first);
    if (control?.closest("[hidden]")) onUnfold();
    // Once it is unfolded.
    requestAnimationFrame(() => control?.scrollIntoView({ block: "nearest" }));
  };

  const mark = (field: HTMLElement | null) => {
    for (const other of document.querySelectorAll<HTMLElement>("[data-file-field][data-over]")) {
      if (other !== field) delete other.dataset.over;
    }
    if (field) field.dataset.over = "";
  };

  const isTaken = (event: DragEvent) => {
    const types = event.dataTransfer?.types ?? [];
    if (types.includes("Files")) return true;
    return types.includes("text/uri-list") ? !isText(event.target) : fieldAt(event.target) !== null;
  };

  const onOver = useEffectEvent((event: DragEvent) => {
    if (!event.dataTransfer || !isTaken(event)) return leave();
    // Without this the browser opens what is dropped, and the page with all that is typed is gone.
    event.preventDefault();
    const fields = queue.fields();
    if (fields.length === 0 || document.querySelector("dialog[open]")) {
      event.dataTransfer.dropEffect = "none";
      return;
    }
    event.dataTransfer.dropEffect = "copy";
    const field = fieldAt(event.target);
    mark(field);
    if (field) return setLanding(null);
    const type = [...event.dataTransfer.items].find(({ kind }) => kind === "file")?.type.split("/", 1)[0];
    const aim = fieldFor(fields, UPLOAD_KINDS.find((kind) => kind === type) ?? null);
    const { next = "", title = "" } = (aim && controlOf(aim.fieldId)?.dataset) || {};
    const says = aim && aim.room > 0 ? `Drop to use as ${next}` : "No room left";
    setLanding((now) => (now?.says === says ? now : { says, about: next === title.toLowerCase() ? "" : title }));
  });
  const leave = () => {
    mark(null);
    setLanding(null);
  };
  const onLeave = useEffectEvent((event: DragEvent) => {
    if (event.relatedTarget === null) leave();
  });
  const onDrop = useEffectEvent((event: DragEvent) => {
    const field = fieldAt(event.target);
    leave();
    if (!event.dataTransfer || !isTaken(event)) return;
    event.preventDefault();
    if (document.querySelector("dialog[open]")) return;
    const { things, hasFolder } = broughtThings(event.dataTransfer);
    add(things, hasFolder, field?.dataset.fileField);
  });
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    const data = event.clipboardData;
    if (!data || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const text = data.getData("text/plain");
    const { things, hasFolder } = broughtThings(data);
    // In a text field a text is meant for it; a picture alone can only be meant for the form.
    if (isText(event.target) && text !== "") return;
    const isFile = things.some((thing) => thing instanceof File) || hasFolder;
    if (!isFile && addressesIn(text).length === 0) return;
    event.preventDefault();
    add(things, hasFolder, fieldAt(event.target)?.dataset.fileField);
  });

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    addEventListener("dragover", (event) => onOver(event), { signal });
    addEventListener("dragleave", (event) => onLeave(event), { signal });
    addEventListener("drop", (event) => onDrop(event), { signal });
    addEventListener("paste", (event) => onPaste(event), { signal });
    return () => listening.abort();
  }, []);

  if (!landing) return null;
  return (
    <div className="landing">
      <div className="landing__frame">
        <Icon name="plus" />
        <p>{landing.says}</p>
        <span>{landing.about}</span>
      </div>
    </div>
  );
}
