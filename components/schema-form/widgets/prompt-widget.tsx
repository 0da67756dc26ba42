"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

/**
 * The text that says what to make. Never under its schema's rows, it grows with what is written to twelve, and takes
 * all free height of the panel.
 */
export function PromptWidget(props: WidgetProps) {
  const { id, value, disabled, rawErrors, onChange, onBlur, schema } = props;
  const { rows, placeholder } = props.options as unknown as FieldOptions;
  const text = typeof value === "string" ? value : "";
  const limit = schema.maxLength;
  const length = [...text].length;
  const isOver = limit !== undefined && length > limit;
  const isInvalid = Boolean(rawErrors?.length);
  return (
    <div
      className={`flex min-h-0 flex-1 flex-col rounded-ctl bg-field focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-ink ${isInvalid ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`}
    >
      {/* The invisible copy is what gives the field the height of its text. */}
      <div
        data-text={text}
        className="grid flex-1 after:invisible after:col-start-1 after:row-start-1 after:max-h-[300px] after:overflow-hidden after:whitespace-pre-wrap after:px-3 after:pt-3 after:wrap-anywhere after:type-prompt after:content-[attr(data-text)_'_']"
      >
        <textarea
          id={id}
          rows={rows}
          value={text}
          placeholder={placeholder}
          disabled={disabled}
          aria-invalid={isInvalid || undefined}
          aria-describedby={describedBy(props)}
          onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
          onBlur={() => onBlur(id, value)}
          className="col-start-1 row-start-1 w-full resize-none bg-transparent px-3 pt-3 type-prompt caret-signal outline-0 [scrollbar-width:thin]"
        />
      </div>
      <div className="flex h-9 flex-none items-center pr-3 pl-1.5">
        {limit !== undefined && (
          <span className={`ml-auto type-micro ${isOver ? "text-danger" : "text-ink-3"}`}>
            {length} / {limit}
          </span>
        )}
      </div>
    </div>
  );
}
