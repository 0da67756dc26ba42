import {
  createErrorHandler,
  type RJSFSchema,
  toErrorSchema,
  unwrapErrorHandler,
  type ValidatorType,
  validationDataMerge,
} from "@rjsf/utils";
import { fitsSchema, schemaIssues } from "@/lib/models/errors";
import type { JsonSchema } from "@/lib/models/schema";

/**
 * RJSF's door to our validator, the one the server uses too. RJSF's own compiles with `new Function`, which our
 * Content-Security-Policy forbids.
 */
export const validator: ValidatorType = {
  isValid: (schema, formData, root) => fitsSchema(schema as JsonSchema, formData, root as JsonSchema),
  rawValidation: (schema, formData) => ({ errors: schemaIssues(schema as JsonSchema, formData) as never[] }),
  validateFormData(formData, schema: RJSFSchema, customValidate, transformErrors, uiSchema) {
    const found = schemaIssues(schema as JsonSchema, formData).map(({ path, message }) => ({
      property: path.map((step) => `.${step}`).join(""),
      message,
      stack: message,
    }));
    const errors = transformErrors?.(found, uiSchema) ?? found;
    const data = { errors, errorSchema: toErrorSchema(errors) };
    if (!customValidate) return data;
    const handled = customValidate(formData, createErrorHandler(formData as object), uiSchema, data.errorSchema);
    return validationDataMerge(data, unwrapErrorHandler(handled));
  },
};
