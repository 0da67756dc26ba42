import type { WidgetProps } from "@rjsf/utils";
import type { FieldOptions } from "@/components/schema-form/ui-schema";

export const nameId = (id: string) => `${id}__name`;
export const errorId = (id: string) => `${id}__error`;
export const reasonId = (id: string) => `${id}__off`;

/** The ids of the texts that say more about a control: what is wrong with it, and why it does not apply. */
export function describedBy({ id, rawErrors, options }: Pick<WidgetProps, "id" | "rawErrors" | "options">) {
  const { off } = options as unknown as FieldOptions;
  const ids = [rawErrors?.length ? errorId(id) : null, off ? reasonId(id) : null].filter((item) => item !== null);
  return ids.length > 0 ? ids.join(" ") : undefined;
}
