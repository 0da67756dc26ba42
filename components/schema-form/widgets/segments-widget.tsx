"use client";
import type { WidgetProps } from "@rjsf/utils";
import { describedBy, nameId } from "@/components/schema-form/described-by";
import { Icon } from "@/components/ui/icon";
import { Segments } from "@/components/ui/segments";
import { ratioOf } from "@/lib/models/rules";

const FRAME_AREA = 225;
const MAX_FRAME_HEIGHT = 17;
const MAX_FRAME_WIDTH = 24;

/** A few values side by side; ratios are drawn. Where nothing is chosen by default, the choice can be taken back. */
export function SegmentsWidget(props: WidgetProps & { isDrawn?: boolean }) {
  const { id, schema, value, disabled, onChange, onBlur, isDrawn = false } = props;
  const values = schema.enum ?? [];
  const isTall = isDrawn && !disabled;
  const isClearable = value !== undefined && schema.standard === undefined && !props.required && !disabled;
  return (
    <div className="flex items-center gap-1">
      <div className="min-w-0 flex-1">
        <Segments
          id={id}
          labelledBy={nameId(id)}
          describedBy={describedBy(props)}
          segments={values.map((item) => ({
            value: String(item),
            label: String(item),
            drawing: isTall ? <Frame ratio={ratioOf(item) ?? 1} /> : undefined,
          }))}
          value={value === undefined || value === null || disabled ? null : String(value)}
          // Values keep their type: an enum may hold numbers, or yes and no.
          onChange={(chosen) => onChange(values.find((item) => String(item) === chosen))}
          onBlur={() => onBlur(id, value)}
          isDisabled={disabled}
          isInvalid={Boolean(props.rawErrors?.length)}
          isTall={isTall}
        />
      </div>
      {isClearable && (
        <button
          type="button"
          className="key key--bare key--small key--icon"
          aria-label={`Clear ${props.label.toLowerCase()}`}
          onClick={() => {
            onChange(undefined);
            document.getElementById(id)?.focus();
          }}
        >
          <Icon name="x" />
        </button>
      )}
    </div>
  );
}

function Frame({ ratio }: { ratio: number }) {
  const height = Math.min(MAX_FRAME_HEIGHT, Math.sqrt(FRAME_AREA / ratio));
  const width = Math.min(MAX_FRAME_WIDTH, height * ratio);
  return (
    <span aria-hidden="true" className="flex h-[18px] items-center">
      <span
        className="block rounded-[1px] border-[1.5px] border-current"
        style={{ width: Math.round(width), height: Math.round(Math.min(height, width / ratio)) }}
      />
    </span>
  );
}
