"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import { Icon } from "@/components/ui/icon";
import { parseNumber } from "@/components/ui/parse-number";

/** A list of words or numbers, one a line. The first line bears the field's name, and is there before anything is. */
export function ListWidget(props: WidgetProps) {
  const { id, schema, value, disabled, onChange, onBlur } = props;
  const items = schema.items as { type?: string } | undefined;
  const isNumeric = items?.type === "integer" || items?.type === "number";
  const entries: unknown[] = Array.isArray(value) && value.length > 0 ? value : [undefined];
  const isInvalid = Boolean(props.rawErrors?.length);
  const isFull = schema.maxItems !== undefined && entries.length >= schema.maxItems;
  const emit = (next: unknown[]) => onChange(next.length < 2 && next[0] === undefined ? undefined : next);
  const read = (typed: string) => (typed === "" ? undefined : isNumeric ? parseNumber(typed) : typed);
  return (
    <div className="flex flex-col gap-1">
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place.
        <div key={index} className="flex gap-1">
          <input
            type="text"
            autoComplete="off"
            id={index === 0 ? id : `${id}_${index}`}
            aria-label={index === 0 ? undefined : `${props.label} ${index + 1}`}
            aria-invalid={isInvalid || undefined}
            aria-describedby={describedBy(props)}
            disabled={disabled}
            value={entry === undefined || entry === null ? "" : String(entry)}
            onChange={(event) => emit(entries.with(index, read(event.target.value)))}
            onBlur={() => onBlur(id, value)}
            className={`h-(--ctl) w-full min-w-0 rounded-ctl bg-field px-2.5 type-body ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
          />
          {entries.length > 1 && (
            <button
              type="button"
              className="key key--bare key--icon"
              aria-label={`Remove ${props.label.toLowerCase()} ${index + 1}`}
              disabled={disabled}
              onClick={() => emit(entries.toSpliced(index, 1))}
            >
              <Icon name="x" />
            </button>
          )}
        </div>
      ))}
      {!isFull && value !== undefined && (
        <button
          type="button"
          className="key key--bare key--small self-start"
          aria-label={`Add another to ${props.label}`}
          disabled={disabled}
          onClick={() => emit([...entries, undefined])}
        >
          <Icon name="plus" />
          Add another
        </button>
      )}
    </div>
  );
}
