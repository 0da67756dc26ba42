"use client";
import type { ArrayFieldItemTemplateProps } from "@rjsf/utils";
import { Icon } from "@/components/ui/icon";

/** One entry of a list, with the buttons that move and remove it. */
export function ArrayFieldItemTemplate({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  const { hasMoveUp, hasRemove, onMoveUpItem, onRemoveItem, disabled } = buttonsProps;
  const place = index + 1;
  return (
    <div className="rounded-ctl inset-ring inset-ring-line px-4 py-1">
      <div className="flex h-8 items-center gap-1">
        <span className="mr-auto type-micro text-ink-3">{place}</span>
        {hasMoveUp && (
          <button
            type="button"
            className="key key--bare key--small"
            aria-label={`Move entry ${place} up`}
            disabled={disabled}
            onClick={onMoveUpItem}
          >
            Move up
          </button>
        )}
        {hasRemove && (
          <button
            type="button"
            className="key key--bare key--small key--icon"
            aria-label={`Remove entry ${place}`}
            disabled={disabled}
            onClick={onRemoveItem}
          >
            <Icon name="x" />
          </button>
        )}
      </div>
      {children}
    </div>
  );
}
