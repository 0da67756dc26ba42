"use client";
import { nameId } from "@/components/schema-form/described-by";
import { FileTile } from "@/components/schema-form/files/file-tile";
import { Icon } from "@/components/ui/icon";

type FileSlotsProps = {
  id: string;
  title: string;
  files: string[];
  slots: number;
  noun: string;
  onChange: (files: string[]) => void;
};

/** The chosen files as pictures: two with their roles and a swap between them, or any number in their order. */
export function FileSlots({ id, title, files, slots, noun, onChange }: FileSlotsProps) {
  const isPair = slots === 2 && noun === "image";
  const isFull = files.length >= slots;
  const roleOf = (index: number) => {
    if (isPair) return index === 0 ? "First frame" : "Last frame";
    const word = noun.charAt(0).toUpperCase() + noun.slice(1);
    return slots === 1 ? word : `${word} ${index + 1}`;
  };
  const remove = (index: number) => {
    onChange(files.toSpliced(index, 1));
    // The pressed button goes away; what takes its place in the page gets the focus.
    requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  const tile = (file: string, index: number) => (
    <FileTile
      key={file}
      address={file}
      role={roleOf(index)}
      noun={noun}
      onRemove={() => remove(index)}
      onEarlier={
        !isPair && index > 0 ? () => onChange(files.toSpliced(index, 1).toSpliced(index - 1, 0, file)) : undefined
      }
    />
  );
  // When nothing more fits, there is no field to type in, and the pictures are what the field's title leads to.
  const group = isFull ? ({ role: "group", id, tabIndex: -1, "aria-labelledby": nameId(id) } as const) : {};
  if (files.length === 0) return null;
  if (!isPair) {
    return (
      <div {...group} data-title={title} className="grid grid-cols-2 gap-x-8 gap-y-3">
        {files.map(tile)}
      </div>
    );
  }
  const [first, last] = files;
  return (
    <div {...group} className="grid grid-cols-[1fr_32px_1fr] items-center">
      {first !== undefined && tile(first, 0)}
      {last === undefined ? (
        <span />
      ) : (
        <button
          type="button"
          className="key key--bare key--small key--icon mx-1 mt-[34px] self-start"
          aria-label="Swap first and last frame"
          onClick={() => onChange(files.toReversed())}
        >
          <Icon name="swap" />
        </button>
      )}
      {last === undefined ? (
        <div>
          <div className="aspect-video rounded-frame border border-edge border-dashed" />
          <div className="pt-1.5 type-note text-ink-3">Last frame</div>
        </div>
      ) : (
        tile(last, 1)
      )}
    </div>
  );
}
