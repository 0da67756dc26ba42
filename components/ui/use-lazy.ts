"use client";

import { type ComponentType, useState } from "react";

/** A part of the page that is fetched when it is first asked for, and drawn for as long as it is open. */
export function useLazy<Props>(load: () => Promise<ComponentType<Props>>) {
  const [Part, setPart] = useState<ComponentType<Props> | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  return {
    /** Null while it is closed, or on its way. */
    Part: isOpen ? Part : null,
    /** It could not be fetched: the server does not answer. Opening it asks again. */
    hasFailed,
    open: async () => {
      setFailed(false);
      setOpen(true);
      try {
        const loaded = await load();
        setPart(() => loaded);
      } catch {
        setOpen(false);
        setFailed(true);
      }
    },
    close: () => setOpen(false),
  };
}
