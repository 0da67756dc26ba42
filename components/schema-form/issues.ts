import type { ErrorSchema, UiSchema } from "@rjsf/utils";
import { isRecord } from "@/lib/models/schema";

/** A finding at the control that shows it: its path is cut where one widget draws all that is below. */
export type ShownIssue = { path: (string | number)[]; message: string };

/** Where a finding is shown. A widget of a whole list (images, words) shows the findings of its entries itself. */
export function shownAt(path: (string | number)[], uiSchema: UiSchema): (string | number)[] {
  let ui: unknown = uiSchema;
  const shown: (string | number)[] = [];
  for (const step of path) {
    const next = isRecord(ui) ? ui[typeof step === "number" ? "items" : step] : undefined;
    if (next === undefined) break;
    shown.push(step);
    ui = next;
    if (isRecord(ui) && (ui["ui:widget"] !== undefined || ui["ui:field"] !== undefined)) break;
  }
  return shown;
}

/** Findings in the shape RJSF hands to its fields. The first sentence of a control is enough at a time. */
export function toErrorSchema(issues: ShownIssue[]): ErrorSchema {
  const root: Record<string, unknown> = {};
  for (const { path, message } of issues) {
    let at = root;
    for (const step of path) {
      if (!Object.hasOwn(at, step)) at[step] = {};
      at = at[step] as Record<string, unknown>;
    }
    at.__errors ??= [message];
  }
  return root as ErrorSchema;
}

/** The id of the control at a path. */
export const idOf = (prefix: string, path: (string | number)[]) => [prefix, ...path].join("_");
