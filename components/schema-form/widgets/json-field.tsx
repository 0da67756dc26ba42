"use client";
import type { FieldProps } from "@rjsf/utils";
import { useState } from "react";
import { describedBy } from "@/components/schema-form/described-by";

/** An object whose parts the schema does not name: written as JSON. What cannot be read is kept, and called wrong. */
export function JsonField(props: FieldProps) {
  const { fieldPathId, formData, disabled, rawErrors, onChange, onBlur, uiSchema } = props;
  const id = fieldPathId.$id;
  const [draft, setDraft] = useState<string | null>(null);
  const shown =
    typeof formData === "string" ? formData : formData === undefined ? "" : JSON.stringify(formData, null, 2);
  return (
    <textarea
      id={id}
      rows={4}
      spellCheck={false}
      disabled={disabled}
      placeholder="{ }"
      aria-invalid={rawErrors?.length ? true : undefined}
      aria-describedby={describedBy({ id, rawErrors, options: uiSchema?.["ui:options"] ?? {} })}
      value={draft ?? shown}
      onChange={(event) => {
        setDraft(event.target.value);
        onChange(read(event.target.value), fieldPathId.path);
      }}
      onBlur={() => {
        setDraft(null);
        onBlur(id, formData);
      }}
      className="block w-full resize-y rounded-ctl bg-field px-2.5 py-2 type-value shadow-[inset_0_-1px_0_var(--edge)]"
    />
  );
}

function read(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
