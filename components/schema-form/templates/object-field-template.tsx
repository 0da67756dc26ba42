"use client";
import type { ObjectFieldTemplateProps } from "@rjsf/utils";
import { useContext } from "react";
import { nameId } from "@/components/schema-form/described-by";
import { FoldContext } from "@/components/schema-form/fold-context";
import type { FieldOptions } from "@/components/schema-form/ui-schema";
import { Disclosure } from "@/components/ui/disclosure";

const MAX_SUMMARY_WORDS = 3;

/** The fields of an object. At the top of the form the advanced ones are folded away behind their button. */
export function ObjectFieldTemplate({ properties, uiSchema, fieldPathId, title }: ObjectFieldTemplateProps) {
  const fold = useContext(FoldContext);
  const optionsOf = (name: string) => uiSchema?.[name]?.["ui:options"] as FieldOptions | undefined;
  if (fieldPathId.path.length > 0) {
    const isBare = (uiSchema?.["ui:options"] as FieldOptions | undefined)?.layout === "bare";
    return (
      // biome-ignore lint/a11y/useSemanticElements: a legend cannot be laid out as the names of the other fields are.
      <div
        role="group"
        id={fieldPathId.$id}
        tabIndex={-1}
        aria-labelledby={isBare ? undefined : nameId(fieldPathId.$id)}
        aria-label={isBare ? title : undefined}
        className="-mx-4 *:first:border-t-0 *:first:pt-0"
      >
        {properties.map((property) => property.content)}
      </div>
    );
  }
  const advanced = properties.filter((property) => optionsOf(property.name)?.isAdvanced);
  const others = properties.filter((property) => !optionsOf(property.name)?.isAdvanced);
  const words = advanced.map((property) => optionsOf(property.name)?.summary ?? property.name);
  const summary = words.slice(0, MAX_SUMMARY_WORDS).join(", ") + (words.length > MAX_SUMMARY_WORDS ? ", …" : "");
  return (
    <>
      {others.map((property) => property.content)}
      {advanced.length > 0 && (
        <Disclosure
          id={`${fieldPathId.$id}__advanced`}
          name="Advanced settings"
          summary={summary}
          isOpen={fold.isOpen}
          onToggle={fold.toggle}
        >
          {advanced.map((property) => property.content)}
        </Disclosure>
      )}
    </>
  );
}
