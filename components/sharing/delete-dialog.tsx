"use client";

import { useState } from "react";
import { costText } from "@/components/result/duration";
import { writeTrouble } from "@/components/result/write-trouble";
import { tellRemoved } from "@/components/sharing/removals-elsewhere";
import { Dialog } from "@/components/ui/dialog";
import { ERROR_TEXT } from "@/lib/errors";
import type { Generation } from "@/lib/generations/schema";
import { isWatched } from "@/lib/generations/transitions";
import { removeGeneration } from "@/lib/removals/actions";

export type DeleteDialogProps = {
  generation: Generation;
  onRemoved: () => void;
  onClose: () => void;
};

/** Asks once before a generation is deleted, and says what goes with it and what does not. */
export function DeleteDialog({ generation, onRemoved, onClose }: DeleteDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [said, say] = useState("");
  const isRunning = isWatched(generation.status);
  const { costActual } = generation;

  const remove = async () => {
    if (isBusy) return;
    setBusy(true);
    say("");
    try {
      const result = await removeGeneration(generation.id);
      // Gone already, in another tab: what was wanted is so.
      if (result.ok || result.error.code === "not_found") {
        tellRemoved(generation.id);
        return onRemoved();
      }
      say(ERROR_TEXT[result.error.code].title);
    } catch (error) {
      say(writeTrouble(error, "The server does not answer, so nothing was deleted. Try again in a moment."));
    }
    setBusy(false);
  };

  return (
    <Dialog
      title={isRunning ? "Delete this clip while it is being made?" : "Delete this clip?"}
      onClose={onClose}
      foot={
        <>
          <span className="ask__said" aria-live="polite">
            {said}
          </span>
          <button type="button" className="key key--bare" onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="key key--ink" aria-disabled={isBusy || undefined} onClick={remove}>
            Delete
          </button>
        </>
      }
    >
      <div className="ask">
        {isRunning ? (
          <>
            <p>
              It leaves your work at once. MindVideo goes on with it and may charge for it: there is no way to stop a
              job there.
            </p>
            <p className="ask__note">
              Until it has ended it counts as running. Then everything of it that is kept here is deleted.
            </p>
          </>
        ) : (
          <>
            <p>
              Its file, prompt, settings and history go from here for good, and so do uploads that nothing else uses. A
              link you shared it by opens nothing any more.
            </p>
            <p className="ask__note">
              {costActual ? `The ${costText(costActual)} it cost stays spent.` : "What it cost stays spent."} What
              MindVideo itself keeps of it is not ours to delete.
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}
