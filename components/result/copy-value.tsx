"use client";

import { useState } from "react";
import { copyText } from "@/components/result/copy-text";

const SAID_MS = 1200;

/** A measured value that copies itself when it is pressed. */
export function CopyValue({ label, value, className = "" }: { label: string; value: string; className?: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className={`copy ${className}`}
      title={`Copy ${value}`}
      onClick={async () => {
        if (!(await copyText(value))) return;
        setCopied(true);
        setTimeout(setCopied, SAID_MS, false);
      }}
    >
      <span className="sr-only">Copy {label} </span>
      <span aria-live="polite">{isCopied ? "Copied" : value}</span>
    </button>
  );
}
