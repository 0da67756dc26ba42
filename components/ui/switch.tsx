type SwitchProps = {
  id: string;
  labelledBy: string;
  describedBy?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  onBlur?: () => void;
  isDisabled?: boolean;
  isInvalid?: boolean;
};

/** On or off, as a native checkbox. The word beside it repeats the state for the eye only. */
export function Switch({ id, labelledBy, describedBy, isOn, onChange, onBlur, isDisabled, isInvalid }: SwitchProps) {
  return (
    <label className="flex h-6 w-fit cursor-pointer items-center gap-3 type-value text-ink-2 has-disabled:cursor-not-allowed">
      <input
        type="checkbox"
        role="switch"
        id={id}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || undefined}
        aria-checked={isOn}
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
        onBlur={onBlur}
        className="relative h-5 w-9 cursor-[inherit] appearance-none rounded-[10px] bg-slot inset-ring-[1.5px] inset-ring-edge transition-colors duration-(--m-base) ease-(--ease) after:absolute after:top-1 after:left-1 after:size-3 after:rounded-full after:bg-edge after:transition-transform after:duration-(--m-base) after:ease-(--ease) checked:bg-ink checked:inset-ring-0 checked:after:translate-x-4 checked:after:bg-chassis disabled:opacity-50"
      />
      <span aria-hidden="true">{isOn ? "On" : "Off"}</span>
    </label>
  );
}
