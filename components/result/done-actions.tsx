"use client";

import { type MouseEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { ResultActions } from "@/components/result/result-actions";
import { hasFixedSeed, withNewSeed } from "@/components/result/setting-cells";
import { Icon } from "@/components/ui/icon";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";

type Props = { generation: Generation; model: Model; actions: ResultActions; downloadUrl: string | null };

// One function for all renders: a new one would be called at each, and take the focus from whoever types elsewhere.
const takeFocus = (button: HTMLButtonElement | null) => button?.focus();

/** What can be done with a finished clip. A fixed seed is asked about: the same one pays for the same clip. */
export function DoneActions({ generation, model, actions, downloadUrl }: Props) {
  const [isAsking, setAsking] = useState(false);
  const againButton = useRef<HTMLButtonElement>(null);
  const again = (input: Record<string, unknown>) => {
    setAsking(false);
    actions.onAgain(generation, input);
  };
  const leave = () => {
    flushSync(() => setAsking(false));
    againButton.current?.focus();
  };
  // The second half of a double click on "Generate again" lands on whatever has come under the pointer, and that costs.
  const once = (act: () => void) => (event: MouseEvent) => {
    if (event.detail < 2) act();
  };
  if (isAsking) {
    return (
      <div className="acts" data-asking>
        <span className="acts__ask">The seed is fixed: the same settings make the same clip.</span>
        <button
          ref={takeFocus}
          type="button"
          className="key"
          onClick={once(() => again(withNewSeed(model, generation.input)))}
        >
          <Icon name="dice" />
          New seed
        </button>
        <button type="button" className="key key--bare" onClick={once(() => again(generation.input))}>
          Same seed
        </button>
        <button type="button" className="key key--bare key--icon" aria-label="Do not generate" onClick={once(leave)}>
          <Icon name="x" />
        </button>
      </div>
    );
  }
  return (
    <div className="acts">
      {downloadUrl && (
        <a className="key" href={downloadUrl} download aria-keyshortcuts="D" data-shortcut="d">
          <Icon name="save" />
          Download
          <span className="cap" aria-hidden="true">
            D
          </span>
        </a>
      )}
      <button
        ref={againButton}
        type="button"
        className="key"
        aria-keyshortcuts="R"
        data-shortcut="r"
        onClick={() => (hasFixedSeed(model, generation.input) ? setAsking(true) : again(generation.input))}
      >
        <Icon name="again" />
        Generate again
        <span className="cap" aria-hidden="true">
          R
        </span>
      </button>
    </div>
  );
}
