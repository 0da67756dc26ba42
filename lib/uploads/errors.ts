import {
  MAX_IMAGE_PIXELS,
  TYPE_NAMES,
  UPLOAD_POLICY,
  UPLOAD_REFUSALS,
  UPLOADS_PER_MINUTE,
  type UploadRefusal,
  type UploadRefusalCode,
  VISITOR_MAX_BYTES,
  VISITOR_MAX_UPLOADS,
} from "@/lib/uploads/policy";
import type { UploadKind } from "@/lib/uploads/schema";

const MB = 1_000_000;
const NOUN: Record<UploadKind, string> = { image: "images", video: "videos", audio: "audio files" };

const megabytes = (bytes: number) => `${Number((bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0))} MB`;

/** The names of a kind's types as people know them: "JPEG or PNG". */
function typeNames(kind: UploadKind): string {
  const names = UPLOAD_POLICY[kind].mimes.map((mime) => TYPE_NAMES[mime] ?? mime);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** What a visitor can do about each refusal where nothing more exact is known. */
const NEXT: Record<UploadRefusalCode, string> = {
  empty: "Choose another one.",
  incomplete: "Send it again.",
  wrong_type: `Images may be ${typeNames("image")}, videos ${typeNames("video")}, audio ${typeNames("audio")}.`,
  broken: "Open it where it was made, save it again, and add it once more.",
  too_large: "Make it smaller and add it again.",
  too_many_pixels: `Save a copy of less than ${MAX_IMAGE_PIXELS / 1_000_000} megapixels and add that one.`,
  not_sendable: "Only images can be sent from here.",
  no_room: `A visitor may keep ${VISITOR_MAX_UPLOADS} files and ${megabytes(VISITOR_MAX_BYTES)}. Delete some earlier uploads and add it again.`,
  store_full:
    "Nothing of this file was kept, and it cost nothing. Try again later, or tell whoever runs this playground.",
  too_fast: `This playground takes ${UPLOADS_PER_MINUTE} a minute from one visitor. Wait a minute and send it again.`,
  no_visitor: "Reload it, with cookies allowed for this site, and add the file again.",
  unavailable: "Nothing of it was kept. Send it again in a moment.",
};

/** A refusal as a person reads it: what is wrong, and what to do. `next` takes the place of the usual advice. */
export function uploadRefusal(code: UploadRefusalCode, next: string = NEXT[code]): UploadRefusal {
  return { code, message: `${UPLOAD_REFUSALS[code][1]} ${next}` };
}

/** The refusal of a file of `bytes`, with the limit of its kind. */
export function tooLarge(kind: UploadKind, bytes: number): UploadRefusal {
  const [has, limit] = [megabytes(bytes), megabytes(UPLOAD_POLICY[kind].maxBytes)];
  // "It has 1.5 MB; images may have 1.5 MB" would help nobody.
  const size = has === limit ? `It has just over ${limit}, and` : `It has ${has};`;
  return uploadRefusal("too_large", `${size} ${NOUN[kind]} may have ${limit}. Make it smaller and add it again.`);
}

/** The refusal of a kind that nothing here can hand to MindVideo; it says what the owner would have to set. */
export function notSendable(kind: UploadKind): UploadRefusal {
  const plural = NOUN[kind].charAt(0).toUpperCase() + NOUN[kind].slice(1);
  return uploadRefusal(
    "not_sendable",
    `${plural} need an address that MindVideo can reach: the owner has to set PUBLIC_URL or UPLOADTHING_TOKEN.`,
  );
}

/** What is thrown where a file turns out to be refused; its `refusal` is what is answered. */
export class UploadError extends Error {
  override name = "UploadError";
  constructor(readonly refusal: UploadRefusal) {
    super(refusal.code);
  }
}
