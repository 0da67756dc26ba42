"use client";

import { Dialog } from "@/components/ui/dialog";

/** Stands where a part of the page should that could not be fetched: a press is never answered with nothing. */
export function NotLoaded({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="This could not be opened."
      onClose={onClose}
      foot={
        <button type="button" className="key key--bare ml-auto" onClick={onClose}>
          Close
        </button>
      }
    >
      <div className="ask">
        <p>The server does not answer, or a new version of the playground is here. Nothing was changed.</p>
        <p className="ask__note">
          Try again in a moment. If it stays like this, reload the page: what you typed is kept.
        </p>
      </div>
    </Dialog>
  );
}
