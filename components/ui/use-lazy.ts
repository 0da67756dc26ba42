"use client";

import { type ComponentType, useState } from "react";
import { NotLoaded } from "@/components/ui/not-loaded";

/** A part of the page that is fetched when it is first asked for, and drawn for as long as it is open. */
export function useLazy<Props extends { onClose: () => void }>(load: () => Promise<ComponentType<Props>>) {
  const [Part, setPart] = useState<ComponentType<Props> | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  return {
    /** Null while it is closed, or on its way. What could not be fetched says so itself; opening it asks again. */
    Part: isOpen ? (hasFailed ? NotLoaded : Part) : null,
    open: async () => {
      setFailed(false);
      setOpen(true);
      try {
        const loaded = await load();
        setPart(() => loaded);
      } catch {
        setFailed(true);
      }
    },
    close: () => setOpen(false),
  };
}
