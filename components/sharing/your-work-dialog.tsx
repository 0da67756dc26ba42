"use client";

import { useId, useState } from "react";
import { forgetTab } from "@/components/playground/draft";
import { writeTrouble } from "@/components/result/write-trouble";
import { tellRemoved } from "@/components/sharing/removals-elsewhere";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { ERROR_TEXT } from "@/lib/errors";
import { removeEverything } from "@/lib/removals/actions";

export type YourWorkDialogProps = { onClose: () => void };

const EXPORT = "/api/export";
const WORD = "delete";

const WHY_NOT: Record<number, string> = {
  401: "This page may not do that any more: its cookie is gone, or the access code was changed. Reload the page.",
  429: "Your work is being taken out already, or too many others are taking out theirs. Try again in a few minutes.",
};

/** Everything of a visitor at once: taking it out, and deleting it. */
export function YourWorkDialog({ onClose }: YourWorkDialogProps) {
  const [running, setRunning] = useState<number | null>(null);
  if (running !== null) return <AllGone running={running} />;
  return (
    <Dialog
      title="Your work"
      onClose={onClose}
      foot={
        <button type="button" className="key key--bare ml-auto" onClick={onClose}>
          Close
        </button>
      }
    >
      <TakeOut />
      <DeleteAll onDone={setRunning} />
    </Dialog>
  );
}

function TakeOut() {
  const [said, say] = useState("");
  const begin = async () => {
    say("");
    // Asked first: a refusal would otherwise be what is downloaded.
    const answer = await fetch(EXPORT, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) {
      location.assign(EXPORT);
      return say("The download begins. It can be long; this page need not stay open for it.");
    }
    say(WHY_NOT[answer?.status ?? 0] ?? "The server does not answer as it should. Try again in a moment.");
  };
  return (
    <section className="ask">
      <h3>Take everything out</h3>
      <p>
        All your clips and uploads in one ZIP, with a list of what each is: prompt, settings, times and cost, and what
        is missing and why.
      </p>
      <div className="ask__row">
        <button type="button" className="key" onClick={begin}>
          <Icon name="save" />
          Download everything
        </button>
        <span className="ask__said" aria-live="polite">
          {said}
        </span>
      </div>
    </section>
  );
}

function DeleteAll({ onDone }: { onDone: (running: number) => void }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [said, say] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isSure = typed.trim().toLowerCase() === WORD;

  const remove = async () => {
    if (isBusy) return;
    if (!isSure) return say(`Nothing was deleted. Type “${WORD}” first.`);
    setBusy(true);
    say("Deleting.");
    try {
      const result = await removeEverything();
      if (result.ok) {
        forgetHere();
        tellRemoved(null);
        return onDone(result.value.running);
      }
      say(ERROR_TEXT[result.error.code].title);
    } catch (error) {
      say(writeTrouble(error, "The server does not answer. Look again in a moment at what is still there."));
    }
    setBusy(false);
  };

  return (
    <section className="ask">
      <h3>Delete everything</h3>
      <p>
        All your clips, prompts, settings and uploads go from here for good, and links you shared open nothing any more.
        What is still being made leaves your work at once and is deleted when it has ended; MindVideo may charge for it.
      </p>
      <p className="ask__note">What it all cost stays spent. What MindVideo itself keeps is not ours to delete.</p>
      <form
        className="ask__row"
        onSubmit={(event) => {
          event.preventDefault();
          void remove();
        }}
      >
        <label htmlFor={id}>Type “{WORD}” to be sure</label>
        <input
          id={id}
          type="text"
          className="ask__word"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            say("");
          }}
        />
        <button type="submit" className="key" aria-disabled={!isSure || isBusy || undefined}>
          Delete everything
        </button>
        <span className="ask__said" aria-live="polite">
          {said}
        </span>
      </form>
    </section>
  );
}

/** What this browser keeps of the visitor's work: drafts, and presses that were never sent. */
function forgetHere() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("mindvideo:")) localStorage.removeItem(key);
  } catch {
    // Where storage is closed, nothing was kept.
  }
  forgetTab();
}

const startAfresh = () => location.assign("/");

function AllGone({ running }: { running: number }) {
  return (
    <Dialog
      title="Everything is deleted"
      onClose={startAfresh}
      foot={
        <button type="button" className="key key--ink ml-auto" onClick={startAfresh}>
          Start afresh
        </button>
      }
    >
      <div className="ask" role="status">
        <p>
          {running === 0
            ? "Nothing of yours is left here."
            : `${running === 1 ? "One clip is" : `${running} clips are`} still being made. You do not see ${running === 1 ? "it" : "them"} any more, and what is kept of ${running === 1 ? "it" : "them"} goes when ${running === 1 ? "it has" : "they have"} ended.`}
        </p>
      </div>
    </Dialog>
  );
}
