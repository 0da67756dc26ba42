/** How long a key that was handed out may wait for its file, and for how long it is known what became of it. */
export const ARRIVAL_KEPT_MS = 24 * 60 * 60 * 1_000;

/** How long one look at a file may take, and how long nobody else looks meanwhile. */
export const CHECK_TIMEOUT_MS = 90_000;
export const CHECK_LEASE_MS = CHECK_TIMEOUT_MS + 30_000;

/** When a deletion that UploadThing did not confirm is tried again. */
export const DELETE_AGAIN_MS = 60_000;

/** How many files are deleted with one request. */
export const DELETE_BATCH = 100;

/** The one route of our file router, by which the SDK's client names it. */
export const UPLOAD_SLUG = "file";
