"use client";
import { NumberInput } from "@/components/ui/number-input";
import { percentOf, ticksOf } from "@/components/ui/scale";

type DialProps = {
  id: string;
  name: string;
  describedBy?: string;
  value: unknown;
  onChange: (value: number | string | undefined) => void;
  onBlur?: () => void;
  min: number;
  max: number;
  step: number;
  /** What holds when nothing is set: where the grip rests then. */
  standard: number | null;
  isInteger: boolean;
  unit?: { short: string; long: string };
  isDisabled?: boolean;
  isInvalid?: boolean;
};

/** A value on a small ruler, always with a typed field beside it. The ruler is a native range under the drawing. */
export function Dial(props: DialProps) {
  const { id, name, value, min, max, step, standard, unit, isDisabled, isInvalid } = props;
  const at = typeof value === "number" ? value : (standard ?? min);
  // A grip that stands for nothing yet is drawn faintly, at the low end.
  const isUnset = typeof value !== "number" && standard === null;
  const percent = percentOf(at, min, max);
  const ticks = ticksOf(min, max, step, standard);
  return (
    <div className={`grid grid-cols-[minmax(0,1fr)_auto] items-center gap-4 ${isDisabled ? "opacity-50" : ""}`}>
      <div className="group relative h-8">
        <i className="absolute inset-x-0 top-1.5 h-1 rounded-[1px] bg-slot" />
        <i className="absolute top-1.5 left-0 h-1 rounded-[1px] bg-ink-2" style={{ width: `${percent}%` }} />
        {ticks.map((tick, index) => (
          <span key={tick.at} aria-hidden="true">
            <i
              className={`absolute top-3.5 w-px ${tick.isMajor ? "h-1.5 bg-edge" : "h-1 bg-tick"}`}
              style={{ left: `${tick.percent}%` }}
            />
            {tick.label !== null && (
              <span
                className={`absolute top-5 whitespace-nowrap type-micro leading-[14px]! text-ink-3 ${index === 0 ? "" : index === ticks.length - 1 ? "-translate-x-full" : "-translate-x-1/2"}`}
                style={{ left: `${tick.percent}%` }}
              >
                {tick.label}
              </span>
            )}
          </span>
        ))}
        <i
          className={`absolute top-0 -ml-1 h-4 w-2 rounded-[2px] ring-2 ring-chassis ${isUnset ? "bg-edge" : "bg-ink"} group-has-focus-visible:outline-2 group-has-focus-visible:outline-offset-[3px] group-has-focus-visible:outline-ink`}
          style={{ left: `${percent}%` }}
        />
        <input
          type="range"
          id={id}
          min={min}
          max={max}
          step={step}
          value={at}
          disabled={isDisabled}
          aria-labelledby={`${id}__name`}
          aria-describedby={props.describedBy}
          aria-invalid={isInvalid || undefined}
          aria-valuetext={isUnset ? "Not set" : unit ? `${at} ${unit.long}` : undefined}
          onChange={(event) => props.onChange(Number(event.target.value))}
          onBlur={props.onBlur}
          className="absolute -inset-x-2 -top-1 h-8 w-[calc(100%+16px)] cursor-ew-resize opacity-0 disabled:cursor-not-allowed"
        />
      </div>
      <div
        className={`flex h-(--ctl) min-w-[52px] items-center justify-end rounded-ctl bg-field px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ink ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
      >
        <NumberInput
          label={`${name}${unit ? ` in ${unit.long}` : ", typed"}`}
          describedBy={props.describedBy}
          value={value}
          onChange={props.onChange}
          onBlur={props.onBlur}
          min={min}
          max={max}
          step={step}
          isInteger={props.isInteger}
          isDisabled={isDisabled}
          isInvalid={isInvalid}
          placeholder={standard === null ? undefined : String(standard)}
          className={`text-right ${String(max).length > 3 ? "w-12" : "w-6"}`}
        />
        {unit && (
          <span aria-hidden="true" className="pl-1.5 type-value text-ink-3">
            {unit.short}
          </span>
        )}
      </div>
    </div>
  );
}
