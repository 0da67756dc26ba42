"use client";

import { useEffect, useRef, useState } from "react";
import type { FrameRead, FrameTrouble } from "@/components/frames/frame-trouble";

/** One picture at a time, read from an output. `what` names it while it is being read. */
export function useFrameRead<What extends string>() {
  const [reading, setReading] = useState<What | null>(null);
  const [trouble, setTrouble] = useState<FrameTrouble | null>(null);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  return {
    reading,
    trouble,
    forget: () => setTrouble(null),
    /** The picture; null when there is none, or when the visitor has gone on to something else meanwhile. */
    async read(what: What, get: () => Promise<FrameRead>): Promise<Blob | null> {
      if (reading) return null;
      setReading(what);
      setTrouble(null);
      const found = await get();
      if (!isHere.current) return null;
      setReading(null);
      if (found.ok) return found.picture;
      setTrouble(found.trouble);
      return null;
    },
  };
}
