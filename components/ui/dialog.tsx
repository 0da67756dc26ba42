"use client";

import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

type DialogProps = {
  title: string;
  /** The keys at its foot. */
  foot: ReactNode;
  onClose: () => void;
  children: ReactNode;
};

/** A native modal dialog, open for as long as it is drawn. On a phone it takes the whole screen. */
export function Dialog({ title, foot, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed by itself it gives the focus back to where it was.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className="dialog"
      // Opened again at once, as React does while developing, it was not closed by a person.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
      // What is pressed here is not for the page beneath.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="dialog__box">
        <h2 id={titleId} className="dialog__title">
          {title}
        </h2>
        <div className="dialog__body">{children}</div>
        <div className="dialog__foot">{foot}</div>
      </div>
    </dialog>
  );
}
