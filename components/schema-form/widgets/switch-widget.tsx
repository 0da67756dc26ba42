"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy, nameId } from "@/components/schema-form/described-by";
import { Switch } from "@/components/ui/switch";

/** On or off. What was never touched and has no default is off to the eye, and not sent. */
export function SwitchWidget(props: WidgetProps) {
  return (
    <Switch
      id={props.id}
      labelledBy={nameId(props.id)}
      describedBy={describedBy(props)}
      isOn={props.value === true}
      onChange={props.onChange}
      onBlur={() => props.onBlur(props.id, props.value)}
      isDisabled={props.disabled}
      isInvalid={Boolean(props.rawErrors?.length)}
    />
  );
}
