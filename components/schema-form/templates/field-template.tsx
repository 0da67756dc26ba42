"use client";
import type { FieldTemplateProps } from "@rjsf/utils";
import { nameId, reasonId } from "@/components/schema-form/described-by";
import { FieldError } from "@/components/schema-form/templates/field-error";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

/** A field in the panel: its name, its control, why it does not apply, and what is wrong with it. */
export function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, children, rawErrors, uiSchema } = props;
  const options = uiSchema?.["ui:options"] as FieldOptions | undefined;
  // The form itself, and the entries of a list, bring their own frame.
  if (!options || props.hidden) return children;
  const { layout, off, hasOneControl } = options;
  const error = <FieldError id={id} message={rawErrors?.[0]} className={layout === "row" ? "col-start-2" : ""} />;
  if (layout === "bare") {
    return (
      <>
        {children}
        {error}
      </>
    );
  }
  const name = hasOneControl ? (
    <label id={nameId(id)} htmlFor={id} title={props.rawDescription || undefined}>
      {label}
    </label>
  ) : (
    <span id={nameId(id)} title={props.rawDescription || undefined}>
      {label}
    </span>
  );
  if (layout === "prompt") {
    return (
      <div className="flex min-h-[176px] flex-[1_0_auto] flex-col px-4 pt-1 pb-3">
        <div className="mb-2 flex type-label">{name}</div>
        {children}
        {error}
      </div>
    );
  }
  if (layout === "tall") {
    return (
      <div className="mx-4 flex-none border-line border-t py-2.5">
        <div className="mb-2 flex gap-2 type-label">
          {name}
          {off && (
            <span id={reasonId(id)} className="type-note text-ink-3">
              {off}
            </span>
          )}
        </div>
        {children}
        {error}
      </div>
    );
  }
  return (
    <div
      className={`mx-4 grid flex-none min-h-[52px] grid-cols-[var(--label)_minmax(0,1fr)] items-center border-line border-t ${off ? "py-2" : "py-2.5"}`}
    >
      <div className="pr-2 type-label wrap-anywhere">
        {name}
        {off && (
          <small id={reasonId(id)} className="block type-note text-ink-3">
            {off}
          </small>
        )}
      </div>
      <div className="min-w-0">{children}</div>
      {error}
    </div>
  );
}
