/** Every state a generation can be in: one list from which the type, the guards and the words derive. */
export const STATUS = {
  submitting: { word: "Sending", final: false, watched: true },
  queued: { word: "Queued", final: false, watched: true },
  processing: { word: "Processing", final: false, watched: true },
  // Nothing is asked of MindVideo by itself any more, but it is not over: the visitor decides.
  unconfirmed: { word: "Unconfirmed", final: false, watched: false },
  succeeded: { word: "Done", final: true, watched: false },
  failed: { word: "Failed", final: true, watched: false },
  cancelled: { word: "Cancelled", final: true, watched: false },
} as const satisfies Record<string, { word: string; final: boolean; watched: boolean }>;

export type Status = keyof typeof STATUS;

export const STATUSES = Object.keys(STATUS) as Status[];

export const isFinal = (status: Status): boolean => STATUS[status].final;

/** Whether the server still has something to do for it, so that asking again makes sense. */
export const isWatched = (status: Status): boolean => STATUS[status].watched;

export const WATCHED_STATUSES = STATUSES.filter(isWatched);

/** The states from which each state may be entered; a write names them, so that a race changes no row. */
export const ENTERED_FROM: Record<Status, readonly Status[]> = {
  submitting: ["unconfirmed"],
  // An answer that comes after we gave up waiting is welcome all the same.
  queued: ["submitting", "unconfirmed"],
  processing: ["submitting", "queued", "unconfirmed"],
  unconfirmed: ["submitting"],
  succeeded: ["submitting", "queued", "processing"],
  failed: ["submitting", "queued", "processing", "unconfirmed"],
  cancelled: ["submitting", "queued", "processing"],
};
