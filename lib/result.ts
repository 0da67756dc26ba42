import type { AppError } from "@/lib/errors";

/** What an operation with expected failures returns. Unexpected failures are thrown. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: AppError };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const err = (error: AppError): Result<never> => ({ ok: false, error });
