"use client";
import type { ArrayFieldTemplateProps } from "@rjsf/utils";
import { nameId } from "@/components/schema-form/described-by";
import { Icon } from "@/components/ui/icon";

/** A list whose entries have several fields each. */
export function ArrayFieldTemplate({
  items,
  canAdd,
  onAddClick,
  disabled,
  fieldPathId,
  title,
}: ArrayFieldTemplateProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a legend cannot be laid out as the names of the other fields are.
    <div
      role="group"
      id={fieldPathId.$id}
      tabIndex={-1}
      aria-labelledby={nameId(fieldPathId.$id)}
      className="flex flex-col gap-2"
    >
      {items}
      {canAdd && (
        <button
          type="button"
          className="key key--bare key--small self-start"
          aria-label={`Add to ${title}`}
          disabled={disabled}
          onClick={onAddClick}
        >
          <Icon name="plus" />
          Add
        </button>
      )}
    </div>
  );
}
