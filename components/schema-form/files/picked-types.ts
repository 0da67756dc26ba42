import { UPLOAD_POLICY } from "@/lib/uploads/policy";
import type { UploadKind } from "@/lib/uploads/schema";

const ENDINGS: Record<string, string[]> = {
  "image/jpeg": [".jpg", ".jpeg"],
  "image/png": [".png"],
  "image/webp": [".webp"],
  "image/gif": [".gif"],
  "image/avif": [".avif"],
  "image/heic": [".heic"],
  "image/heif": [".heif"],
  "video/mp4": [".mp4", ".m4v"],
  "video/webm": [".webm"],
  "video/quicktime": [".mov"],
  "audio/mpeg": [".mp3"],
  "audio/wav": [".wav"],
  "audio/mp4": [".m4a"],
  "audio/ogg": [".ogg", ".oga"],
  "audio/flac": [".flac"],
};

/**
 * The types a person may choose for a field: what we take of its kinds, as far as its schema's `accept` names them. An
 * `accept` that fits nothing says nothing. Pictures leave as JPEG or PNG whatever comes in, so any picture will do.
 */
export function pickedTypes(kinds: readonly UploadKind[], accept = ""): string[] {
  const types = kinds.flatMap((kind) => UPLOAD_POLICY[kind].picks);
  const words = accept
    .toLowerCase()
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const isNamed = (type: string) =>
    type.startsWith("image/") ||
    words.some((word) =>
      word.startsWith(".")
        ? ENDINGS[type]?.includes(word)
        : word === type || (word.endsWith("/*") && type.startsWith(word.slice(0, -1))),
    );
  const named = types.filter(isNamed);
  return named.length > 0 ? named : types;
}

/** The same for a file dialog. Some systems know no type for a photo of a phone, so the endings go with it. */
export const acceptText = (types: readonly string[]) =>
  [...types, ...types.flatMap((type) => (type.startsWith("image/hei") ? (ENDINGS[type] ?? []) : []))].join(",");
