"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy, nameId } from "@/components/schema-form/described-by";

/** Any number of given values. */
export function ChoicesWidget(props: WidgetProps) {
  const { id, schema, value, disabled, onChange } = props;
  const items = schema.items as { enum?: unknown[] } | undefined;
  const values = items?.enum ?? [];
  const chosen: unknown[] = Array.isArray(value) ? value : [];
  const toggle = (item: unknown) => {
    const next = values.filter((other) => (other === item ? !chosen.includes(item) : chosen.includes(other)));
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: the name stands outside, where every field has it.
    <div
      role="group"
      id={id}
      tabIndex={-1}
      aria-labelledby={nameId(id)}
      aria-describedby={describedBy(props)}
      className="flex flex-wrap gap-1"
    >
      {values.map((item) => (
        <label
          key={String(item)}
          className="flex h-7 cursor-pointer items-center gap-2 rounded-key bg-slot px-2.5 type-value text-ink-2 has-checked:bg-lit has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2"
        >
          <input
            type="checkbox"
            className="size-3 accent-ink"
            checked={chosen.includes(item)}
            disabled={disabled}
            onChange={() => toggle(item)}
          />
          {String(item)}
        </label>
      ))}
    </div>
  );
}
