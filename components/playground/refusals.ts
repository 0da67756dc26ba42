import type { AppError } from "@/lib/errors";

/** A refused value of one field, in the words of who refused it. */
export type FieldRefusal = { field: string; message: string; value: unknown };

// Who refused it gave no reason that can be read; the card on the stage says what is known.
const UNEXPLAINED = "This was refused. What is known of it stands in the result.";

/** What a failure says about single fields of the input it belongs to. */
export function refusalsOf(error: AppError | null, input: Record<string, unknown>): FieldRefusal[] {
  if (!error) return [];
  if (error.issues && error.issues.length > 0) {
    return error.issues.map(({ field, message }) => ({ field, message, value: input[field] }));
  }
  return error.field ? [{ field: error.field, message: error.message ?? UNEXPLAINED, value: input[error.field] }] : [];
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The refusals that still apply: once a field holds something else, nobody knows whether that would be refused. */
export function standingRefusals(
  refusals: FieldRefusal[],
  formData: Record<string, unknown>,
): { field: string; message: string }[] {
  return refusals.flatMap(({ field, message, value }) => (isSame(formData[field], value) ? [{ field, message }] : []));
}
