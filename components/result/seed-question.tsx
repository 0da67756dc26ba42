"use client";

import type { MouseEvent } from "react";
import { Icon } from "@/components/ui/icon";

// One function for all renders: a new one would be called at each, and take the focus from whoever types elsewhere.
const takeFocus = (button: HTMLButtonElement | null) => button?.focus();

type Props = { onNewSeed: () => void; onSameSeed: () => void; onLeave: () => void };

/** A fixed seed is asked about: the same one pays for the same clip. */
export function SeedQuestion({ onNewSeed, onSameSeed, onLeave }: Props) {
  // The second half of a double click on "Generate again" lands on whatever has come under the pointer, and that costs.
  const once = (act: () => void) => (event: MouseEvent) => {
    if (event.detail < 2) act();
  };
  return (
    <div className="acts" data-asking>
      <span className="acts__ask">The seed is fixed: the same settings make the same clip.</span>
      <button ref={takeFocus} type="button" className="key" onClick={once(onNewSeed)}>
        <Icon name="dice" />
        New seed
      </button>
      <button type="button" className="key key--bare" onClick={once(onSameSeed)}>
        Same seed
      </button>
      <button type="button" className="key key--bare key--icon" aria-label="Do not generate" onClick={once(onLeave)}>
        <Icon name="x" />
      </button>
    </div>
  );
}
