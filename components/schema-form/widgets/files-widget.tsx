"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import { AddressField } from "@/components/schema-form/files/address-field";
import { FileSlots } from "@/components/schema-form/files/file-slots";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

/**
 * The files of a field, in their order: one address, or a list of them. Emptied it holds undefined, not an empty list,
 * which a schema may forbid. How files come in is the business of `AddressField` alone.
 */
export function FilesWidget(props: WidgetProps) {
  const { id, value, disabled, onChange, onBlur } = props;
  const { slots = 1, noun = "file" } = props.options as unknown as FieldOptions;
  const files = [value].flat().filter((file): file is string => typeof file === "string" && file !== "");
  const isSingle = props.schema.type === "string";
  const emit = (next: string[]) => onChange(isSingle || next.length === 0 ? next[0] : next.slice(0, slots));
  const isInvalid = Boolean(props.rawErrors?.length);
  return (
    <div className="flex flex-col gap-2">
      <FileSlots id={id} title={props.label} files={files} slots={slots} noun={noun} onChange={emit} />
      {files.length < slots && (
        <AddressField
          id={id}
          noun={noun}
          describedBy={describedBy(props)}
          isDisabled={disabled}
          isInvalid={isInvalid}
          onAdd={(added) => emit([...files, ...added])}
          onBlur={() => onBlur(id, value)}
        />
      )}
    </div>
  );
}
