"use client";
import { useState } from "react";
import { parseNumber } from "@/components/ui/parse-number";

export type NumberInputProps = {
  id?: string;
  label?: string;
  describedBy?: string;
  value: unknown;
  /** Gets undefined when emptied, and the text itself when it is no number. */
  onChange: (value: number | string | undefined) => void;
  onBlur?: () => void;
  step?: number;
  min?: number;
  max?: number;
  isInteger?: boolean;
  isDisabled?: boolean;
  isInvalid?: boolean;
  placeholder?: string;
  className?: string;
};

/**
 * A typed number, as text: a native number field swallows what it cannot read, and writes decimals by the browser's
 * language, which the server does not know. Arrow keys step.
 */
export function NumberInput(props: NumberInputProps) {
  // What is being typed, such as "4." on the way to 4.5; null when the value itself is shown.
  const [draft, setDraft] = useState<string | null>(null);
  const { value, onChange, step = 1, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = props;
  const shown = value === undefined || value === null ? "" : String(value);
  const isStale = draft !== null && parseNumber(draft) !== (value ?? undefined);

  function stepBy(direction: number) {
    const from = typeof value === "number" ? value : Number.isFinite(min) ? min - direction * step : 0;
    const next = Number((from + direction * step).toPrecision(12));
    setDraft(null);
    onChange(Math.min(max, Math.max(min, next)));
  }

  return (
    <input
      id={props.id}
      type="text"
      inputMode={props.isInteger && min >= 0 ? "numeric" : "text"}
      autoComplete="off"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.isInvalid || undefined}
      disabled={props.isDisabled}
      placeholder={props.placeholder}
      value={draft !== null && !isStale ? draft : shown}
      onChange={(event) => {
        setDraft(event.target.value);
        onChange(parseNumber(event.target.value));
      }}
      onBlur={() => {
        setDraft(null);
        props.onBlur?.();
      }}
      onKeyDown={(event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        stepBy(event.key === "ArrowUp" ? 1 : -1);
      }}
      className={`h-full min-w-6 bg-transparent type-value outline-0 ${props.className ?? "w-full"}`}
    />
  );
}
