"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import { Icon } from "@/components/ui/icon";

/** One of many values, in the browser's own list. */
export function SelectWidget(props: WidgetProps) {
  const { id, schema, value, disabled, onChange, onBlur } = props;
  const values = schema.enum ?? [];
  const isEmpty = value === undefined || value === null;
  const isInvalid = Boolean(props.rawErrors?.length);
  return (
    <div className="relative">
      <select
        id={id}
        value={isEmpty ? "" : String(value)}
        disabled={disabled}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy(props)}
        onChange={(event) => onChange(values.find((item) => String(item) === event.target.value))}
        onBlur={() => onBlur(id, value)}
        className={`block h-(--ctl) w-full appearance-none rounded-ctl bg-field pr-8 pl-2.5 type-value disabled:text-ink-3 ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
      >
        {(isEmpty || schema.standard === undefined) && <option value="">Not set</option>}
        {/* A value from an older recipe is shown, and called wrong, not quietly replaced. */}
        {!isEmpty && !values.some((item) => item === value) && <option value={String(value)}>{String(value)}</option>}
        {values.map((item) => (
          <option key={String(item)} value={String(item)}>
            {String(item)}
          </option>
        ))}
      </select>
      <Icon name="down" className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-2" />
    </div>
  );
}
