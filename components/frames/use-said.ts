"use client";

import { useEffect, useState } from "react";

const SAID_MS = 2_500;

/** A few words about what has just been done, for as long as it takes to read them. */
export function useSaid() {
  const [said, say] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(say, SAID_MS, "");
    return () => clearTimeout(timer);
  }, [said]);
  return [said, say] as const;
}
