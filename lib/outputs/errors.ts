/** Why a file, or a part of it, could not be had to be copied or passed through. */
export type CopyTrouble =
  /** Its link is not there (any more). */
  | "dead"
  /** It cannot be had at this moment. */
  | "unavailable"
  /** It is no longer the file it was. */
  | "changed"
  /** What stands there is neither film nor picture nor sound. */
  | "odd"
  | "too_large"
  /** The vault is full of copies with a star. */
  | "no_room";

export class CopyError extends Error {
  override name = "CopyError";
  constructor(
    readonly code: CopyTrouble,
    readonly status: number | null = null,
  ) {
    super(status === null ? code : `${code} (status ${status})`);
  }
}

/** The statuses by which a server says that a file is not there, or not for us. */
export const DEAD_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 410]);
