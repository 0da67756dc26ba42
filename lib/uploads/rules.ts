import { MAX_NAME_CHARS } from "@/lib/uploads/policy";

const NAMELESS = "Untitled";
// Controls, line ends, lone surrogates, and the marks that turn the direction of what follows: a name is shown among other
// text. Joiners stay: emoji and several scripts are made of them.
const UNFIT = /\p{Cc}|\p{Zl}|\p{Zp}|\p{Surrogate}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A file's name as it is kept and shown: of a path only the last part, at most `MAX_NAME_CHARS` characters, "Untitled"
 * when nothing is left. It is text for people and never a path.
 */
export function cleanName(given: string): string {
  const last = given.split(/[/\\]/).findLast((part) => part.trim() !== "") ?? "";
  const plain = last.replaceAll(UNFIT, "").normalize("NFC").replaceAll(/\s+/g, " ").trim();
  // Cut between characters, never inside one of two halves.
  const name = Array.from(plain).slice(0, MAX_NAME_CHARS).join("").trim();
  return /^\.*$/.test(name) ? NAMELESS : name;
}
