import type { ReactNode } from "react";

export type Segment = { value: string; label: string; drawing?: ReactNode };

type SegmentsProps = {
  id: string;
  /** The id of the text that names the group. */
  labelledBy: string;
  describedBy?: string;
  segments: Segment[];
  /** The chosen segment's value; null when none is chosen. */
  value: string | null;
  onChange: (value: string) => void;
  onBlur?: () => void;
  isDisabled?: boolean;
  isInvalid?: boolean;
  /** Segments with drawings need the room above their words. */
  isTall?: boolean;
};

/** A few choices side by side, as native radio buttons: one slot, one lit key with a lamp under it. */
export function Segments(props: SegmentsProps) {
  const { id, segments, value, isDisabled = false, isInvalid = false, isTall = false } = props;
  const slot = isDisabled ? "inset-ring inset-ring-line" : "bg-slot";
  return (
    <div
      role="radiogroup"
      id={id}
      tabIndex={-1}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      aria-disabled={isDisabled || undefined}
      aria-invalid={isInvalid || undefined}
      onBlur={props.onBlur}
      className={`grid auto-cols-fr grid-flow-col rounded-ctl p-0.5 ${isTall ? "h-[52px]" : "h-(--ctl)"} ${slot} ${isInvalid ? "inset-ring inset-ring-danger" : ""}`}
    >
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={`relative flex min-w-6 flex-col items-center rounded-key ${isTall ? "type-micro justify-end gap-1 pb-1.5" : "type-value justify-center"} ${isDisabled ? "cursor-not-allowed text-ink-3" : "cursor-pointer text-ink-2 hover:text-ink has-checked:bg-lit has-checked:text-ink has-checked:after:absolute has-checked:after:bottom-[3px] has-checked:after:h-0.5 has-checked:after:w-2.5 has-checked:after:bg-ink"} has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ink`}
        >
          <input
            type="radio"
            name={id}
            value={segment.value}
            aria-label={segment.label}
            checked={segment.value === value}
            disabled={isDisabled}
            onChange={() => props.onChange(segment.value)}
            className="absolute inset-0 cursor-[inherit] opacity-0"
          />
          {segment.drawing}
          <span aria-hidden="true" className="max-w-full truncate">
            {segment.label}
          </span>
        </label>
      ))}
    </div>
  );
}
