import { NAME_ENDINGS, UPLOAD_POLICY } from "@/lib/uploads/policy";
import { UPLOAD_KINDS, type UploadKind, type UploadsConfig } from "@/lib/uploads/schema";

type Asked = { kinds: UploadKind[]; accept?: string; slots: number };
type Check = { ok: true; kind: UploadKind } | { ok: false; message: string };

const MB = 1_000_000;
const NAMED: Record<UploadKind, { one: string; many: string; types: string }> = {
  image: { one: "image", many: "images", types: "JPEG, PNG, WebP, GIF, AVIF or HEIC" },
  video: { one: "video", many: "videos", types: "MP4, WebM or MOV" },
  audio: { one: "audio file", many: "audio files", types: "MP3, WAV, M4A, Ogg or FLAC" },
};
const OTHER_NAMES: Record<string, UploadKind> = {
  "image/jpg": "image",
  "video/x-m4v": "video",
  "audio/mp3": "audio",
  "audio/x-wav": "audio",
  "audio/wave": "audio",
  "audio/x-m4a": "audio",
  "audio/x-flac": "audio",
};

/** What a person may add, judged by name, type and size alone. The bytes are judged when it is prepared, and by the server. */
export function checkPick(file: File, asked: Asked, { sendable }: UploadsConfig): Check {
  const name = quoted(file.name);
  const kind = kindOf(file, asked.kinds);
  if (kind === null || !asked.kinds.includes(kind) || !isAccepted(file, kind, asked.accept)) {
    return refuse(`${name} is not taken here. This field takes ${asked.kinds.map(described).join(", or ")}.`);
  }
  if (!sendable.includes(kind)) {
    const { many } = NAMED[kind];
    return refuse(
      `${name} was not added: ${many} on your device cannot be sent from this playground. Give an https address instead; for files, its owner sets UPLOADTHING_TOKEN or PUBLIC_URL.`,
    );
  }
  if (file.size === 0)
    return refuse(`${name} is empty, so it was not added. Save or export it once more and try again.`);
  const { maxPickBytes } = UPLOAD_POLICY[kind];
  if (file.size > maxPickBytes) {
    return refuse(
      `${name} has ${megabytes(file.size)} MB. Here ${NAMED[kind].many} may have up to ${megabytes(maxPickBytes)} MB: export a smaller one.`,
    );
  }
  return { ok: true, kind };
}

/** What is said of things that a field has no room for. */
export function tooMany({ kinds, slots }: Asked, left: (File | string)[]): string {
  const { one, many } = kinds.length === 1 && kinds[0] ? NAMED[kinds[0]] : { one: "file", many: "files" };
  const [first] = left;
  const name = first instanceof File ? quoted(first.name) : "An address";
  const who = left.length === 1 ? `${name} was` : `${name} and ${left.length - 1} more were`;
  return `This field takes ${slots === 1 ? `one ${one}` : `${slots} ${many}`}. ${who} not added: remove one first.`;
}

const refuse = (message: string): Check => ({ ok: false, message });
const described = (kind: UploadKind) => `${NAMED[kind].types} ${NAMED[kind].many}`;
const megabytes = (bytes: number) => Math.max(0.1, bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0);

// They would turn the rest of the sentence around.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name as it stands in a sentence: short enough to leave room for the sentence. */
export function quoted(name: string): string {
  const letters = [...name.replace(TURNING, "")];
  const short = letters.length > 40 ? [...letters.slice(0, 24), "…", ...letters.slice(-12)] : letters;
  return `“${short.join("")}”`;
}

function kindOf({ type, name }: File, kinds: UploadKind[]): UploadKind | null {
  const mime = type.toLowerCase().split(";", 1)[0] ?? "";
  const byType = UPLOAD_KINDS.find((kind) => UPLOAD_POLICY[kind].picks.includes(mime)) ?? OTHER_NAMES[mime];
  if (byType) return byType;
  const byName = UPLOAD_KINDS.find((kind) => NAME_ENDINGS[kind].test(name));
  if (byName) return byName;
  // A picture that lost its ending on the way here: its bytes will tell.
  return mime === "" && kinds.includes("image") ? "image" : null;
}

/** Pictures leave as JPEG or PNG whatever comes in; sound and video leave as they are, so what a schema names counts. */
function isAccepted({ type, name }: File, kind: UploadKind, accept = ""): boolean {
  const words = accept
    .toLowerCase()
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word.startsWith(".") || word.includes("/"));
  if (kind === "image" || words.length === 0) return true;
  return words.some((word) =>
    word.startsWith(".")
      ? name.toLowerCase().endsWith(word)
      : word.endsWith("/*")
        ? word === `${kind}/*`
        : type === "" || type.toLowerCase() === word,
  );
}
