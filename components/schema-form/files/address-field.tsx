"use client";
import { useRef, useState } from "react";
import { afterPress } from "@/components/ui/after-press";
import { Icon } from "@/components/ui/icon";

type AddressFieldProps = {
  id: string;
  noun: string;
  describedBy?: string;
  isDisabled?: boolean;
  isInvalid?: boolean;
  onAdd: (addresses: string[]) => void;
  onBlur: () => void;
};

/**
 * Files by their addresses. What is typed counts as soon as the field is left, Enter is pressed or a whole address is
 * pasted: a person who types an address and presses Generate means it.
 */
export function AddressField({ id, noun, describedBy, isDisabled, isInvalid, onAdd, onBlur }: AddressFieldProps) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);

  function add(typed: string) {
    const addresses = typed.split(/\s+/).filter((word) => word !== "");
    setText("");
    if (addresses.length === 0) return;
    onAdd(addresses);
    // With the last place taken this field goes away; what stands there instead bears its id.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById(id)?.focus();
    });
  }

  return (
    <div
      className={`flex h-(--ctl) items-center rounded-ctl bg-field pr-1 pl-2.5 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-ink ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
    >
      <input
        ref={input}
        id={id}
        type="text"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder={`https://… address of ${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`}
        value={text}
        disabled={isDisabled}
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
          if (event.key === "Enter" && !event.nativeEvent.isComposing) add(text);
        }}
        onBlur={() =>
          afterPress(() => {
            add(text);
            onBlur();
          })
        }
        className="h-full w-full min-w-0 bg-transparent type-value outline-0"
      />
      <button
        type="button"
        className="key key--bare key--small"
        disabled={isDisabled}
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
