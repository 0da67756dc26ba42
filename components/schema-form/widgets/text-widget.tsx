"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

/** A text of one line, or of several where the schema asks for a text area. */
export function TextWidget(props: WidgetProps) {
  const { id, value, disabled, rawErrors, onChange, onBlur } = props;
  const { rows } = props.options as unknown as FieldOptions;
  const isInvalid = Boolean(rawErrors?.length);
  const common = {
    id,
    // A value of another type comes from an older draft; it is shown, and called wrong when it is.
    value: value === undefined || value === null ? "" : String(value),
    disabled,
    "aria-invalid": isInvalid || undefined,
    "aria-describedby": describedBy(props),
    onChange: (event: { target: { value: string } }) =>
      onChange(event.target.value === "" ? undefined : event.target.value),
    onBlur: () => onBlur(id, value),
  };
  const look = `block w-full rounded-ctl bg-field px-2.5 type-body disabled:text-ink-3 ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`;
  if (rows !== undefined) return <textarea {...common} rows={rows} className={`${look} resize-y py-2`} />;
  return <input {...common} type="text" autoComplete="off" className={`${look} h-(--ctl)`} />;
}
