"use client";

import { useEffect, useId, useRef, useState } from "react";
import { whyText } from "@/components/result/keep-text";
import type { Keep } from "@/lib/generations/schema";

/** Whether the file will still be there tomorrow; where it may not, a press tells why. */
export function KeepValue({ keep, upstreamName }: { keep: Keep; upstreamName: string }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => {
      if (event instanceof KeyboardEvent) {
        if (event.key === "Escape") setOpen(false);
      } else if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    const kinds = ["pointerdown", "focusin", "keydown"];
    for (const kind of kinds) document.addEventListener(kind, leave);
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, leave);
    };
  }, [isOpen]);

  if (keep.state !== "link") {
    return <span className="keep">{keep.state === "kept" ? "Kept here" : "Being copied"}</span>;
  }
  return (
    <span className="keep" ref={box}>
      <button
        type="button"
        className="copy"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        The link may expire
      </button>
      {/* There from the start, so that what is said when it opens is heard. */}
      <span id={id} className="keep__why" role="status" data-open={isOpen || undefined}>
        {isOpen &&
          `${whyText(keep.why)} It plays from where ${upstreamName} made it, for as long as that lives. Download it to keep it.`}
      </span>
    </span>
  );
}
