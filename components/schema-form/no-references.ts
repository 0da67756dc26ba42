/**
 * Stands in for what RJSF imports to follow references and to merge `allOf`, 13 KB over the wire. The form is drawn from
 * a settled schema (form-schema.ts), which has neither, so nothing here is ever called.
 */
const never = (): never => {
  throw new Error("RJSF met a reference or an allOf: toFormSchema has not settled it.");
};

export const createComparator = () => ({ compareSchemaDefinitions: never, compareSchemaValues: never });
export const createMerger = () => ({ mergeArrayOfSchemaDefinitions: never });
export const createShallowAllOfMerge = () => never;
export const createDeduplicator = () => never;
export const createIntersector = () => never;

export default { resolve: never, equal: never, get: never };
