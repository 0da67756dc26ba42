"use client";
import type { WidgetProps } from "@rjsf/utils";
import { numberFieldLook, numberFieldProps } from "@/components/schema-form/widgets/number-field-props";
import { Icon } from "@/components/ui/icon";
import { NumberInput } from "@/components/ui/number-input";

const MAX_ROLL = 4_294_967_295;

/** A whole number out of more than anybody would choose from: typed, rolled, or left to the model. */
export function SeedWidget(props: WidgetProps) {
  const { schema, value, disabled, onChange } = props;
  const name = props.label.toLowerCase();
  // Below zero often means "any", so a roll never gives that.
  const low = Math.max(0, schema.minimum ?? 0);
  const high = Math.max(low, Math.min(MAX_ROLL, schema.maximum ?? MAX_ROLL));
  const clear = () => {
    onChange(undefined);
    // The button goes away with the value, and must not take the focus along.
    document.getElementById(props.id)?.focus();
  };
  return (
    <div className={`${numberFieldLook(props)} pr-1`}>
      <NumberInput {...numberFieldProps(props)} placeholder="Random" />
      {value !== undefined && (
        <button
          type="button"
          className="key key--bare key--small key--icon"
          aria-label={`Clear ${name}`}
          disabled={disabled}
          onClick={clear}
        >
          <Icon name="x" />
        </button>
      )}
      <button
        type="button"
        className="key key--bare key--small"
        aria-label={`New random ${name}`}
        disabled={disabled}
        onClick={() => onChange(low + Math.floor(Math.random() * (high - low + 1)))}
      >
        <Icon name="dice" />
        New
      </button>
    </div>
  );
}
