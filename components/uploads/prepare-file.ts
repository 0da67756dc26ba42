import type { UploadKind } from "@/lib/uploads/schema";

/** What is sent of a chosen file, and under which name. */
export type Prepared = { blob: Blob; name: string };

export type Preparing =
  | ({ ok: true } & Prepared)
  /** `message` is a sentence or two for a person: what is wrong, and what to do. */
  | { ok: false; message: string; canRetry: boolean };

/** Makes of a chosen file what is sent. `onPicture` gets something harmless to draw, as soon as there is something. */
export type PrepareFile = (
  file: File,
  kind: UploadKind,
  how: { signal: AbortSignal; onProgress: (share: number) => void; onPicture: (picture: Blob) => void },
) => Promise<Preparing>;

export const prepareFile: PrepareFile = async (file, _kind, { onPicture }) => {
  onPicture(file);
  return { ok: true, blob: file, name: file.name };
};
