"use client";
import type { WidgetProps } from "@rjsf/utils";
import { numberFieldLook, numberFieldProps } from "@/components/schema-form/widgets/number-field-props";
import { NumberInput } from "@/components/ui/number-input";

/** A number that has no two ends: typed. */
export function NumberWidget(props: WidgetProps) {
  const { standard } = props.schema;
  return (
    <div className={numberFieldLook(props)}>
      <NumberInput
        {...numberFieldProps(props)}
        placeholder={typeof standard === "number" ? String(standard) : undefined}
      />
    </div>
  );
}
