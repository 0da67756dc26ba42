/** A JSON Schema as MindVideo prints it, with its `x-playground` hints. Anything else in it is kept and ignored. */
export type JsonSchema = {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  "x-playground"?: Record<string, unknown>;
  [keyword: string]: unknown;
};

/** A rule between fields, as data in the model file (design section 7). */
export type Rule = { needOneOf: string[] } | { omit: string; when: string };

/** A MindVideo model. `exampleCost` is in MindVideo's unit, as its page prints it for `example`. */
export type Model = {
  slug: string;
  name: string;
  description?: string;
  example?: Record<string, unknown>;
  exampleCost?: number;
  rules?: Rule[];
  inputSchema: JsonSchema;
};
