import { SENT_IMAGE_SIDE_PX, TYPE_NAMES, UPLOAD_POLICY } from "@/lib/uploads/policy";
import type { UploadKind } from "@/lib/uploads/schema";

const MB = 1_000_000;
const KB = 1_000;

const KIND_NAMES: Record<UploadKind, string> = { image: "images", video: "videos", audio: "audio files" };

/** "412 KB", "3.4 MB". */
export function sizeWords(bytes: number): string {
  if (bytes < MB) return `${Math.max(1, Math.round(bytes / KB))} KB`;
  return `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}

/** "0:04", "1:02:09". */
export function lengthWords(milliseconds: number): string {
  const all = Math.round(milliseconds / 1_000);
  const [hours, minutes, seconds] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
  const tail = `${hours > 0 ? String(minutes).padStart(2, "0") : minutes}:${String(seconds).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** What a person may choose for a field, said before anything is refused. */
export function hintOf(kinds: readonly UploadKind[], types: readonly string[]): string {
  const [kind] = kinds;
  if (!kind) return "";
  const limit = (of: UploadKind) => `up to ${sizeWords(UPLOAD_POLICY[of].maxPickBytes)}`;
  if (kinds.length > 1) {
    const text = listed(
      kinds.map((of) => `${KIND_NAMES[of]} ${limit(of)}`),
      "and",
    );
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  }
  const names = [...new Set(types.map((type) => TYPE_NAMES[type]).filter((name) => name !== undefined))];
  const shrunk = kind === "image" ? `, sent at ${SENT_IMAGE_SIDE_PX} px at most` : "";
  return `${listed(names, "or")}, ${limit(kind)}${shrunk}.`;
}

function listed(words: string[], conjunction: string): string {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} ${conjunction} ${last}` : last;
}

/** What an entry is for: "First frame", "Image 2"; where there is only one, what the field is called. */
export function roleOf(index: number, { title, noun, slots }: { title: string; noun: string; slots: number }): string {
  if (slots === 2 && noun === "image") return index === 0 ? "First frame" : "Last frame";
  const word = noun.charAt(0).toUpperCase() + noun.slice(1);
  if (slots > 1) return `${word} ${index + 1}`;
  return /\b(url|uri|address|link|src)\b/i.test(title) ? word : title;
}

/** What stands after an address's protocol, as far as it tells one address from another. */
export function addressName(address: string): string {
  if (!URL.canParse(address)) return address;
  const { host, pathname } = new URL(address);
  return pathname === "/" ? host : `${host}${pathname}`;
}
