"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import { FileControl } from "@/components/schema-form/files/file-control";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

/**
 * The files of a field, in their order: one reference or address, or a list of them. The form holds these strings alone.
 * Emptied it holds undefined, not an empty list, which a schema may forbid.
 */
export function FilesWidget(props: WidgetProps) {
  const { id, value, disabled, onChange, onBlur } = props;
  const { slots = 1, noun = "file", kinds = [], accept } = props.options as unknown as FieldOptions;
  const isSingle = props.schema.type === "string";
  return (
    <FileControl
      id={id}
      title={props.label}
      values={[value].flat().filter((file): file is string => typeof file === "string" && file !== "")}
      kinds={kinds}
      accept={accept}
      slots={slots}
      noun={noun}
      describedBy={describedBy(props)}
      isDisabled={disabled ?? false}
      isInvalid={Boolean(props.rawErrors?.length)}
      onValues={(values) => onChange(isSingle || values.length === 0 ? values[0] : values)}
      onLeave={() => onBlur(id, value)}
    />
  );
}
