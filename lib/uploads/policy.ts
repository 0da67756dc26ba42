import { UPLOAD_KINDS, type UploadKind } from "@/lib/uploads/schema";

/** What may come in, said once: the control, both upload routes and the tests read it. Sizes are bytes. */
type KindPolicy = {
  /** What is stored and sent, by the file's own bytes. */
  mimes: readonly string[];
  maxBytes: number;
  /** What a person may choose; the browser turns it into one of `mimes` where it is none. */
  picks: readonly string[];
  maxPickBytes: number;
};

const MB = 1_000_000;

export const UPLOAD_POLICY: Record<UploadKind, KindPolicy> = {
  image: {
    mimes: ["image/jpeg", "image/png"],
    maxBytes: 1.5 * MB,
    picks: ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/heif"],
    maxPickBytes: 60 * MB,
  },
  video: {
    mimes: ["video/mp4", "video/webm", "video/quicktime"],
    maxBytes: 64 * MB,
    picks: ["video/mp4", "video/webm", "video/quicktime"],
    maxPickBytes: 64 * MB,
  },
  audio: {
    mimes: ["audio/mpeg", "audio/wav", "audio/mp4", "audio/ogg", "audio/flac"],
    maxBytes: 20 * MB,
    picks: ["audio/mpeg", "audio/wav", "audio/mp4", "audio/ogg", "audio/flac"],
    maxPickBytes: 20 * MB,
  },
};

/** How the names of what may be chosen end. Only for what has no type: some systems know none for a photo of a phone. */
export const NAME_ENDINGS: Record<UploadKind, RegExp> = {
  image: /\.(jpe?g|jfif|png|webp|gif|avif|heic|heif)$/i,
  video: /\.(mp4|m4v|mov|webm)$/i,
  audio: /\.(mp3|wav|m4a|ogg|oga|flac)$/i,
};

/** Types as people know them. */
export const TYPE_NAMES: Readonly<Record<string, string>> = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/webp": "WebP",
  "image/gif": "GIF",
  "image/avif": "AVIF",
  "image/heic": "HEIC",
  "image/heif": "HEIC",
  "video/mp4": "MP4",
  "video/webm": "WebM",
  "video/quicktime": "MOV",
  "audio/mpeg": "MP3",
  "audio/wav": "WAV",
  "audio/mp4": "M4A",
  "audio/ogg": "Ogg",
  "audio/flac": "FLAC",
};

/** A picture of more pixels than this, by its header, is never decoded: a few bytes can unpack to gigabytes. */
export const MAX_IMAGE_PIXELS = 50_000_000;

/** The long side of a picture that leaves the browser. */
export const SENT_IMAGE_SIDE_PX = 2_048;

/** A reference smaller than this on its short side makes a blurred clip; the control warns. */
export const SMALL_IMAGE_SIDE_PX = 300;

export const VISITOR_MAX_UPLOADS = 500;
export const VISITOR_MAX_BYTES = 1_000 * MB;
export const UPLOADS_PER_MINUTE = 60;

/** How long an upload that nothing refers to is kept, and one that a draft holds. */
export const UPLOAD_KEPT_MS = 24 * 60 * 60 * 1_000;
export const UPLOAD_HELD_MS = 30 * UPLOAD_KEPT_MS;

/** What a file takes of the store beyond its bytes: the rest of its last block, its name, its row. */
export const STORED_FILE_BYTES = 4_096;

/** From this share of UPLOADS_MAX_BYTES on, what no draft holds and nothing uses goes after an hour instead of a day. */
export const CROWDED_SHARE = 0.9;
export const CROWDED_KEPT_MS = 60 * 60 * 1_000;

export const MAX_NAME_CHARS = 200;

/** The kind that a stored type belongs to; null for what is never stored. */
export const kindOfMime = (mime: string): UploadKind | null =>
  UPLOAD_KINDS.find((kind) => UPLOAD_POLICY[kind].mimes.includes(mime)) ?? null;

/** Why a file does not come in. The number is the HTTP status of a refusal by our routes. */
export const UPLOAD_REFUSALS = {
  empty: [400, "This file is empty."],
  incomplete: [400, "The file did not arrive whole."],
  wrong_type: [415, "This kind of file is not taken here."],
  broken: [422, "This file is damaged or not what its name says."],
  too_large: [413, "This file is too large."],
  too_many_pixels: [422, "This picture has more than 50 megapixels."],
  not_sendable: [415, "Files of this kind cannot be sent from this playground."],
  no_room: [409, "There is no room for more uploads."],
  store_full: [507, "The place that all visitors’ uploads share is full."],
  too_fast: [429, "Too many uploads in a minute."],
  no_visitor: [401, "This page has lost its pass."],
  unavailable: [503, "The upload could not be stored right now."],
} as const satisfies Record<string, [status: number, title: string]>;

export type UploadRefusalCode = keyof typeof UPLOAD_REFUSALS;

/** A refusal as our routes answer it: `message` is a whole sentence or two for a person: what, and what to do. */
export type UploadRefusal = { code: UploadRefusalCode; message: string };
