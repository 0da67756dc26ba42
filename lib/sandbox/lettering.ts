import "server-only";
import sharp from "sharp";
import mono from "@/lib/sandbox/letters-mono.json";
import sans from "@/lib/sandbox/letters-sans.json";

/**
 * Text as outlines. A machine may have no fonts at all, so the letters of Geist and Geist Mono (SIL Open Font License)
 * stand here as paths, taken from the `@fontsource-variable` packages at weight 440. Other scripts use the machine's
 * fonts where it has some, and boxes where it has none.
 */
type Face = { unitsPerEm: number; capHeight: number; glyphs: Record<string, [number, string]> };

const FACES = { sans: sans as unknown as Face, mono: mono as unknown as Face };
export type FaceName = keyof typeof FACES;

const BOX_WIDTH = 600;
const WIDE_WIDTH = 1_000;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const INVISIBLE = /^(?:\p{C}|\p{M}|\u200d|\ufe0f)$/u;

// No label has room for more, and finding its letters takes time that a long text must not cost the server.
const MAX_LETTERED = 500;

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
export const lettersOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

function advanceOf(face: Face, letter: string): number {
  const glyph = face.glyphs[letter];
  if (glyph) return glyph[0];
  if (INVISIBLE.test(letter)) return 0;
  return WIDE.test(letter) ? WIDE_WIDTH : BOX_WIDTH;
}

/** How wide a text is at a size in pixels. */
export function textWidth(face: FaceName, text: string, size: number): number {
  const { unitsPerEm } = FACES[face];
  return lettersOf(text).reduce((sum, letter) => sum + (advanceOf(FACES[face], letter) * size) / unitsPerEm, 0);
}

/**
 * Breaks a text into lines of at most `width` pixels; what does not fit into `maxLines` ends in an ellipsis. Only the
 * first 500 characters are looked at.
 */
export function wrapText(face: FaceName, text: string, size: number, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.slice(0, MAX_LETTERED).replaceAll(/\s+/g, " ").trim().split(" ").flatMap(splitWide);
  for (const { word, glued } of words) {
    const longer = line === "" || glued ? line + word : `${line} ${word}`;
    if (textWidth(face, longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    if (lines.length === maxLines) break;
  }
  if (line !== "" && lines.length < maxLines) {
    lines.push(line);
    line = "";
  }
  const last = lines.length - 1;
  if (last < 0) return [];
  const isCut = line !== "" || textWidth(face, lines[last] as string, size) > width;
  if (isCut) lines[last] = shorten(face, lines[last] as string, size, width);
  return lines.map((one) => (textWidth(face, one, size) > width ? shorten(face, one, size, width) : one));
}

/** Chinese and Japanese have no spaces: a line may end behind any of their characters. */
function splitWide(word: string): { word: string; glued: boolean }[] {
  const parts: { word: string; glued: boolean }[] = [];
  let open = false;
  for (const letter of lettersOf(word)) {
    const last = parts.at(-1);
    if (last && !WIDE.test(letter) && open) last.word += letter;
    else parts.push({ word: letter, glued: parts.length > 0 });
    open = !WIDE.test(letter);
  }
  return parts;
}

function shorten(face: FaceName, line: string, size: number, width: number): string {
  const { unitsPerEm } = FACES[face];
  const kept: string[] = [];
  let room = (width / size) * unitsPerEm - advanceOf(FACES[face], "…");
  for (const letter of lettersOf(line)) {
    room -= advanceOf(FACES[face], letter);
    if (room < 0) break;
    kept.push(letter);
  }
  return `${kept.join("").replace(/[\s.,;:]+$/, "")}…`;
}

const escapeXml = (text: string) =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replaceAll(/\p{C}/gu, "");

let systemFonts: Promise<boolean> | null = null;

const inkOf = (letter: string): Promise<Buffer> => {
  const text = `<text y="14" font-size="14" font-family="sans-serif">${letter}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">${text}</svg>`;
  return sharp(Buffer.from(svg)).extractChannel("alpha").raw().toBuffer();
};

/** Whether the machine can draw scripts that Geist does not have. Without a font every character is the same box. */
export function hasSystemFonts(): Promise<boolean> {
  systemFonts ??= Promise.all([inkOf("永"), inkOf("好")]).then(
    ([one, other]) => !one.equals(other),
    () => false,
  );
  return systemFonts;
}

/** A line of text as SVG, its baseline at (x, y). */
export function textToSvg(
  face: FaceName,
  text: string,
  { x, y, size, fill, fallback }: { x: number; y: number; size: number; fill: string; fallback: boolean },
): string {
  const { glyphs, unitsPerEm } = FACES[face];
  const scale = size / unitsPerEm;
  let at = 0;
  const parts: string[] = [];
  for (const letter of lettersOf(text)) {
    const glyph = glyphs[letter];
    const advance = advanceOf(FACES[face], letter);
    if (glyph) {
      if (glyph[1]) parts.push(`<path transform="translate(${at})" d="${glyph[1]}"/>`);
    } else if (advance > 0 && fallback) {
      parts.push(
        `<text transform="translate(${at}) scale(1 -1)" font-family="sans-serif" font-size="${advance === WIDE_WIDTH ? 940 : 900}">${escapeXml(letter)}</text>`,
      );
    } else if (advance > 0) {
      parts.push(
        `<rect x="${at + 80}" y="0" width="${advance - 160}" height="700" rx="60" fill="none" stroke="${fill}" stroke-width="60"/>`,
      );
    }
    at += advance;
  }
  return `<g transform="translate(${x} ${y}) scale(${scale} ${-scale})" fill="${fill}">${parts.join("")}</g>`;
}
