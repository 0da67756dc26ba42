import type { WidgetProps } from "@rjsf/utils";
import { describedBy } from "@/components/schema-form/described-by";
import type { NumberInputProps } from "@/components/ui/number-input";

export function numberFieldProps(props: WidgetProps): NumberInputProps {
  const { id, schema, value, onChange, onBlur } = props;
  return {
    id,
    value,
    onChange,
    onBlur: () => onBlur(id, value),
    describedBy: describedBy(props),
    min: schema.minimum,
    max: schema.maximum,
    step: schema.multipleOf ?? 1,
    isInteger: schema.type === "integer",
    isDisabled: props.disabled,
    isInvalid: Boolean(props.rawErrors?.length),
  };
}

export const numberFieldLook = ({ rawErrors }: WidgetProps) =>
  `flex h-(--ctl) items-center rounded-ctl bg-field pl-2.5 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-ink ${rawErrors?.length ? "shadow-[inset_0_-2px_0_var(--danger-ink)]" : "shadow-[inset_0_-1px_0_var(--edge)]"}`;
