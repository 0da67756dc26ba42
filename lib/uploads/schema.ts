export const UPLOAD_KINDS = ["image", "video", "audio"] as const;
export type UploadKind = (typeof UPLOAD_KINDS)[number];

/** A file that has arrived and belongs to its visitor, as the browser knows it. */
export type Upload = {
  /** What stands in the form and in a generation's input: `upload:<sha256>`. */
  ref: string;
  sha256: string;
  kind: UploadKind;
  /** Judged from the bytes. */
  mime: string;
  bytes: number;
  /** Pixels; null for sound. */
  width: number | null;
  height: number | null;
  /** Null for pictures. */
  durationMs: number | null;
  /** What the visitor called it. */
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
};

/** What a file is by its own bytes. Pixels as people see them, turned upright; what does not apply is null. */
export type Judged = Pick<Upload, "kind" | "mime" | "width" | "height" | "durationMs">;

/** One page of a visitor's uploads, newest first. `next` is the key of the following page; null at the end. */
export type UploadsPage = { uploads: Upload[]; next: string | null };

/** What a page has to know to upload. `sendable` are the kinds that can reach whoever answers here. */
export type UploadsConfig = { host: "own" | "uploadthing"; sendable: UploadKind[] };

/** Where our own server shows a picture from elsewhere, shrunk, so that a page loads nothing from strangers. */
export const previewPath = (address: string) => `/api/uploads/preview?url=${encodeURIComponent(address)}`;

/** Where a visitor's own upload is shown to them. */
export const uploadPath = (sha256: string) => `/api/uploads/${sha256}`;

/** The same, 512 px at most: pictures only. */
export const thumbPath = (sha256: string) => `${uploadPath(sha256)}?thumb`;

/** Whether a text is a SHA-256 as we write it: 64 characters, lower case. */
export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

const REFERENCE = /^upload:([0-9a-f]{64})$/;

export const uploadRef = (sha256: string) => `upload:${sha256}`;

/** The SHA-256 in a reference to an upload; null when the text is none. */
export const shaOfRef = (text: unknown): string | null =>
  (typeof text === "string" && REFERENCE.exec(text)?.[1]) || null;

/** Where our own server shows a small picture of what a file field holds: a reference, or an address elsewhere. */
export function picturePath(value: string): string {
  const sha256 = shaOfRef(value);
  return sha256 ? thumbPath(sha256) : previewPath(value);
}
