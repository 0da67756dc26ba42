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

const GAP_PX = 6;
const EDGE_PX = 8;

/**
 * A key that opens a small sheet of further keys beside itself. A native modal: what lies beneath is half hidden, so a press
 * beside the sheet closes it and does nothing else, as Escape does.
 */
export function PopSheet({ label, icon, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const sheet = useRef<HTMLDialogElement>(null);
  const key = useRef<HTMLButtonElement>(null);

  const open = () => {
    flushSync(() => setOpen(true));
    // Where the focus comes back to; not every browser gives it to a key that is pressed with a mouse.
    key.current?.focus({ preventScroll: true });
    sheet.current?.showModal();
    if (sheet.current && key.current) place(sheet.current, key.current.getBoundingClientRect());
  };

  useEffect(() => {
    if (!isOpen) return;
    // It stands where its key stood.
    const leave = () => sheet.current?.close();
    addEventListener("resize", leave);
    addEventListener("scroll", leave, { capture: true, passive: true });
    return () => {
      removeEventListener("resize", leave);
      removeEventListener("scroll", leave, { capture: true });
    };
  }, [isOpen]);

  return (
    <div className="popsheet">
      <button
        ref={key}
        type="button"
        className="key key--icon"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={open}
      >
        <Icon name={icon} />
      </button>
      <dialog
        ref={sheet}
        className="popsheet__sheet"
        aria-label={label}
        onClose={() => setOpen(false)}
        onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
        // What is pressed here is not for the page beneath.
        onKeyDown={(event) => event.stopPropagation()}
      >
        {isOpen && <div className="popsheet__keys">{children(() => sheet.current?.close())}</div>}
      </dialog>
    </div>
  );
}

/** Above the key, its right edge on the key's; below it where there is no room above, and never over the window's edge. */
function place(sheet: HTMLElement, key: DOMRect) {
  const { width, height } = sheet.getBoundingClientRect();
  const above = key.top - GAP_PX - height;
  sheet.style.setProperty("top", `${above < EDGE_PX ? key.bottom + GAP_PX : above}px`);
  sheet.style.setProperty("left", `${Math.max(EDGE_PX, key.right - width)}px`);
}
