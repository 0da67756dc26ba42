import "server-only";

const NAME = "UnavailableError";

/**
 * Thrown for whatever is asked of a database that does not answer: nothing was done, or nobody can know, and asking again
 * later is safe everywhere in this house. Routes and actions turn it into `unavailable`; it is no mistake to be logged.
 */
export class UnavailableError extends Error {
  override name = NAME;
  constructor(cause: unknown) {
    super("The database does not answer", { cause });
  }
}

/** By its name: Next bundles routes, pages and instrumentation apart, so there is more than one such class. */
export const isUnavailable = (error: unknown): boolean => error instanceof Error && error.name === NAME;
