"use client";
// The package's front door also opens its test tools, and those want a validator that is not here.
import withTheme from "@rjsf/core/lib/withTheme.js";
import type { FieldProps, WidgetProps } from "@rjsf/utils";
import { createElement } from "react";
import { ArrayFieldItemTemplate } from "@/components/schema-form/templates/array-field-item-template";
import { ArrayFieldTemplate } from "@/components/schema-form/templates/array-field-template";
import { FieldTemplate } from "@/components/schema-form/templates/field-template";
import { ObjectFieldTemplate } from "@/components/schema-form/templates/object-field-template";
import { ChoicesWidget } from "@/components/schema-form/widgets/choices-widget";
import { DialWidget } from "@/components/schema-form/widgets/dial-widget";
import { FilesWidget } from "@/components/schema-form/widgets/files-widget";
import { JsonField } from "@/components/schema-form/widgets/json-field";
import { ListWidget } from "@/components/schema-form/widgets/list-widget";
import { NumberWidget } from "@/components/schema-form/widgets/number-widget";
import { PromptWidget } from "@/components/schema-form/widgets/prompt-widget";
import { RatiosWidget } from "@/components/schema-form/widgets/ratios-widget";
import { SeedWidget } from "@/components/schema-form/widgets/seed-widget";
import { SegmentsWidget } from "@/components/schema-form/widgets/segments-widget";
import { SelectWidget } from "@/components/schema-form/widgets/select-widget";
import { SwitchWidget } from "@/components/schema-form/widgets/switch-widget";
import { TextWidget } from "@/components/schema-form/widgets/text-widget";

const noTemplate = () => null;

/**
 * A field that hands its value to its widget and back as it is. RJSF's own fields for numbers and booleans rewrite what
 * passes through them ("4." loses its dot, an unset switch becomes false).
 */
function PlainField(props: FieldProps) {
  const { schema, uiSchema, fieldPathId, registry, name, onChange } = props;
  const Widget = registry.widgets[String(uiSchema?.["ui:widget"] ?? "text")] ?? TextWidget;
  return createElement(
    Widget as React.ComponentType<WidgetProps>,
    {
      ...props,
      id: fieldPathId.$id,
      label: schema.title ?? name,
      value: props.formData,
      options: { ...uiSchema?.["ui:options"] },
      onChange: (value: unknown) => onChange(value, fieldPathId.path),
    } as unknown as WidgetProps,
  );
}

/** RJSF with our controls. Everything it could draw by itself is replaced, so that nothing unstyled can appear. */
export const ThemedForm = withTheme({
  fields: {
    StringField: PlainField,
    NumberField: PlainField,
    BooleanField: PlainField,
    json: JsonField,
  },
  widgets: {
    prompt: PromptWidget,
    textarea: TextWidget,
    text: TextWidget,
    number: NumberWidget,
    dial: DialWidget,
    seed: SeedWidget,
    segments: SegmentsWidget,
    ratios: RatiosWidget,
    select: SelectWidget,
    choices: ChoicesWidget,
    switch: SwitchWidget,
    files: FilesWidget,
    list: ListWidget,
  },
  templates: {
    FieldTemplate,
    ObjectFieldTemplate,
    ArrayFieldTemplate,
    ArrayFieldItemTemplate,
    DescriptionFieldTemplate: noTemplate,
    FieldHelpTemplate: noTemplate,
    FieldErrorTemplate: noTemplate,
    ErrorListTemplate: noTemplate,
  },
});
