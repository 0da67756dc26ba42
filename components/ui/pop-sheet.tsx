"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon, type IconName } from "@/components/ui/icon";

type Props = {
  label: string;
  icon: IconName;
  /** The keys inside. `close` folds the sheet and gives the focus back to the key that opened it. */
  children: (close: () => void) => ReactNode;
};

/** A key that opens a small sheet of further keys above itself. Escape, a press elsewhere and leaving it close it. */
export function PopSheet({ label, icon, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const keys = useRef<HTMLDivElement>(null);
  const key = useRef<HTMLButtonElement>(null);

  const close = () => {
    // At once: what is opened next must find the focus where it is to come back to.
    flushSync(() => setOpen(false));
    key.current?.focus({ preventScroll: true });
  };

  useEffect(() => {
    if (!isOpen) return;
    keys.current?.querySelector<HTMLElement>("button, a")?.focus();
    const leave = ({ target }: Event) => {
      if (!(target instanceof Node) || keys.current?.contains(target) || key.current?.contains(target)) return;
      setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape belongs to everything inside
    <div
      className="popsheet"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.preventDefault();
        close();
      }}
    >
      <button
        ref={key}
        type="button"
        className="key key--icon"
        aria-label={label}
        title={label}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <>
          {/* What lies beneath is half hidden: a press beside the sheet closes it, and does nothing else. */}
          <div className="popsheet__away" aria-hidden="true" />
          <div ref={keys} className="popsheet__keys">
            {children(close)}
          </div>
        </>
      )}
    </div>
  );
}
