"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import type { FieldOptions } from "@/components/schema-form/ui-schema";
import { Dial } from "@/components/ui/dial";

const FRACTION_STEPS = 100;

/** A number between two ends: a ruler with a typed field. */
export function DialWidget(props: WidgetProps) {
  const { schema, id, onChange, onBlur, value } = props;
  const { unit } = props.options as unknown as FieldOptions;
  const { minimum: min = 0, maximum: max = 1 } = schema;
  const isInteger = schema.type === "integer";
  return (
    <Dial
      id={id}
      name={props.label}
      describedBy={describedBy(props)}
      value={value}
      onChange={onChange}
      onBlur={() => onBlur(id, value)}
      min={min}
      max={max}
      step={schema.multipleOf ?? (isInteger ? 1 : (max - min) / FRACTION_STEPS)}
      standard={typeof schema.standard === "number" ? schema.standard : null}
      isInteger={isInteger}
      unit={unit}
      isDisabled={props.disabled}
      isInvalid={Boolean(props.rawErrors?.length)}
    />
  );
}
