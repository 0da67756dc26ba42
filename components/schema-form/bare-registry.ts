import ArrayField from "@rjsf/core/lib/components/fields/ArrayField.js";
import NullField from "@rjsf/core/lib/components/fields/NullField.js";
import ObjectField from "@rjsf/core/lib/components/fields/ObjectField.js";
import SchemaField from "@rjsf/core/lib/components/fields/SchemaField.js";
import { DEFAULT_ID_PREFIX, DEFAULT_ID_SEPARATOR, englishStringTranslator, type Registry } from "@rjsf/utils";

/**
 * Stands in for the registry with which RJSF begins, 16 KB over the wire of controls that our theme replaces or a settled
 * schema never asks for. What is left is what walks through the schema; everything that draws comes from theme.ts.
 */
export default function bareRegistry(): Omit<Registry, "schemaUtils"> {
  const nothing = () => null;
  return {
    fields: { ArrayField, NullField, ObjectField, SchemaField } as unknown as Registry["fields"],
    templates: {
      ArrayFieldItemButtonsTemplate: nothing,
      ButtonTemplates: {},
      UnsupportedFieldTemplate: nothing,
    } as unknown as Registry["templates"],
    widgets: {},
    rootSchema: {},
    formContext: {} as Registry["formContext"],
    translateString: englishStringTranslator,
    globalFormOptions: {
      idPrefix: DEFAULT_ID_PREFIX,
      idSeparator: DEFAULT_ID_SEPARATOR,
      useFallbackUiForUnsupportedType: false,
    },
  };
}
