"use client";

import { unstable_isUnrecognizedActionError as isFromOldBuild } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { openStorage } from "@/components/playground/open-storage";
import { createPressJournal, type JournaledPress } from "@/components/playground/press-journal";
import { createPressSender, NO_PRESSES } from "@/components/playground/press-sender";
import type { AppError } from "@/lib/errors";
import { submitGenerations } from "@/lib/generations/actions";
import type { Generation } from "@/lib/generations/schema";

type Listeners = {
  onRow: (generation: Generation) => void;
  onRefusal: (press: JournaledPress, error: AppError) => void;
  onElsewhere: (id: string) => void;
};

/** The presses of this browser that the server has not shown yet. The listeners of the first render are kept. */
export function usePresses(listeners: Listeners) {
  const [sender] = useState(() => {
    const isBrowser = typeof window !== "undefined";
    const target = isBrowser ? window : new EventTarget();
    return createPressSender({
      ...listeners,
      journal: createPressJournal(openStorage(), target),
      submit: submitGenerations,
      isOutdated: isFromOldBuild,
      target,
      locks: isBrowser ? (navigator.locks ?? null) : null,
    });
  });
  useEffect(() => sender.start(), [sender]);
  const state = useSyncExternalStore(sender.subscribe, sender.state, () => NO_PRESSES);
  return { ...state, sender };
}
