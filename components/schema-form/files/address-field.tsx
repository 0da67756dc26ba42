"use client";
import { useEffect, useRef, useState } from "react";
import { afterPress } from "@/components/ui/after-press";
import { Icon } from "@/components/ui/icon";

type AddressFieldProps = {
  title: string;
  noun: string;
  describedBy?: string;
  isInvalid?: boolean;
  onAdd: (addresses: string[]) => void;
  /** It is left with nothing in it, or Escape is pressed: `hasFocus` tells whether the focus still stands in it. */
  onClose: (hasFocus: boolean) => void;
};

/**
 * Files by their addresses. What is typed counts as soon as the field is left, Enter is pressed or a whole address is
 * pasted: a person who types an address and presses Generate means it.
 */
export default function AddressField({ title, noun, describedBy, isInvalid, onAdd, onClose }: AddressFieldProps) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  function add(typed: string) {
    const addresses = typed.split(/\s+/).filter((word) => word !== "");
    setText("");
    if (addresses.length > 0) onAdd(addresses);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the field and its button are both left.
    <div
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        afterPress(() => {
          add(text);
          onClose(false);
        });
      }}
      className={`flex h-(--ctl) items-center rounded-ctl bg-field pr-1 pl-2.5 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-ink ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
    >
      <input
        ref={input}
        type="text"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        aria-label={`${title} address`}
        placeholder={`https://… address of ${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`}
        value={text}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={(event) => setText(event.target.value)}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData("text");
          if (text !== "" || !/^\s*(https?:\/\/|data:)\S/i.test(pasted)) return;
          event.preventDefault();
          add(pasted);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose(true);
          if (event.key === "Enter" && !event.nativeEvent.isComposing) add(text);
        }}
        className="h-full w-full min-w-0 bg-transparent type-value outline-0"
      />
      <button
        type="button"
        className="key key--bare key--small"
        // The field keeps the focus, and with it its place.
        onPointerDown={(event) => event.preventDefault()}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => {
          add(text);
          input.current?.focus();
        }}
      >
        <Icon name="plus" />
        Add
      </button>
    </div>
  );
}
