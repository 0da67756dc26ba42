/** What the bytes of a file say it is, its extension, the name it is saved under; and the numbers of the vault. */

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** What is larger is not copied. */
export const MAX_OUTPUT_BYTES = 2 * 1024 ** 3;

/** How long nobody else copies what a server has claimed; it renews the claim as long as it is at it. */
export const COPY_LEASE_MS = 20 * SECOND_MS;
export const COPY_RENEW_MS = 5 * SECOND_MS;

/** How many outputs one server copies at once. */
export const MAX_COPIES = 4;

/** How long a reader who was answered already keeps the server up for what is being copied; the next one goes on with it. */
export const READER_WAIT_MS = 30 * SECOND_MS;

/** How soon a copy that found no room on the disk is tried again. */
export const FULL_AGAIN_MS = 60 * SECOND_MS;

/** From when on a link that is not there counts as dead: right after the end it may only be late. */
export const DEAD_AFTER_MS = 15 * SECOND_MS;

/** How long after its end an output is tried whose server does not answer. */
export const COPY_GIVE_UP_MS = 7 * 24 * HOUR_MS;

/** How many answers that are neither film nor picture nor sound are enough to believe it. */
export const MAX_ODD_ANSWERS = 3;

/** When the next of `attempts` without any progress is made: 1 s, 2 s, 4 s, up to an hour. */
export const copyAgainMs = (attempts: number): number => Math.min(2 ** Math.max(0, attempts - 1) * SECOND_MS, HOUR_MS);

const EXTENSIONS: Record<string, string> = {
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
  "audio/mp4": "m4a",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
};

const NAME_WORDS = 4;
const NAME_WORD_CHARS = 24;

/** The media type of a file by its first bytes; `application/octet-stream` for everything a page should not show. */
export function judgeType(start: Uint8Array): string {
  const text = (from: number, to: number) => String.fromCharCode(...start.subarray(from, to));
  if (text(4, 8) === "ftyp") {
    const brand = text(8, 12);
    if (brand === "qt  ") return "video/quicktime";
    if (brand === "avif" || brand === "avis") return "image/avif";
    // The other HEIF brands are pictures that browsers do not show.
    if (/^(hei|hev|mif|msf)/.test(brand)) return "application/octet-stream";
    return /^M4[AB] $/.test(brand) ? "audio/mp4" : "video/mp4";
  }
  if (start[0] === 0x1a && text(1, 4) === "E\xdf\xa3") return "video/webm";
  if (start[0] === 0x89 && text(1, 4) === "PNG") return "image/png";
  if (start[0] === 0xff && start[1] === 0xd8 && start[2] === 0xff) return "image/jpeg";
  if (text(0, 4) === "GIF8") return "image/gif";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "image/webp";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WAVE") return "audio/wav";
  if (text(0, 4) === "OggS") return "audio/ogg";
  if (text(0, 4) === "fLaC") return "audio/flac";
  // A tag, or the head of a frame of layer III.
  const [first = 0, second = 0] = start;
  if (text(0, 3) === "ID3" || (first === 0xff && (second & 0xe6) === 0xe2)) return "audio/mpeg";
  return "application/octet-stream";
}

/** The file extension of a type `judgeType` returns; `bin` for what is not shown. */
export const extensionOf = (type: string): string => EXTENSIONS[type] ?? "bin";

/** `viduq3-pro-a-cinematic-shot-of-1a2b3c.mp4`: the model, the prompt's first words, and enough of the id to be unique. */
export function downloadName(of: {
  model: string;
  prompt: string | null;
  id: string;
  index: number;
  extension: string;
}): string {
  const words = (text: string) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim()
      .split(" ")
      .filter(Boolean);
  const prompt = words(of.prompt ?? "")
    .slice(0, NAME_WORDS)
    .map((word) => word.slice(0, NAME_WORD_CHARS));
  const number = of.index > 0 ? [String(of.index + 1)] : [];
  return `${[...words(of.model), ...prompt, of.id.replaceAll("-", "").slice(0, 6), ...number].join("-")}.${of.extension}`;
}
