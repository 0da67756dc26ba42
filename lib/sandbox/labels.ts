import "server-only";
import type { Planes } from "@/lib/sandbox/intra";
import { hasSystemFonts, textToSvg, textWidth, wrapText } from "@/lib/sandbox/lettering";
import { decodePicture, toPlanes } from "@/lib/sandbox/picture";

const WELL = "#0c0c0c";
const INK = "#f3f3f3";
const INK_2 = "#b6b6b6";

/** An opaque label on whole macroblocks, so that what moves behind it needs no redrawing. */
export type Label = { column: number; row: number; planes: Planes };

type Frame = { width: number; height: number };
const blocks = (pixels: number) => Math.ceil(pixels / 16);

async function drawLabel(column: number, row: number, across: number, down: number, body: string): Promise<Label> {
  const [width, height] = [across * 16, down * 16];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${WELL}"/>${body}</svg>`;
  return { column, row, planes: await toPlanes(await decodePicture(Buffer.from(svg), width, height), () => null) };
}

/** What was asked for, small, at the bottom left. `settings` is the line of values under the prompt. */
export async function drawCaption({ width, height }: Frame, prompt: string, settings: string): Promise<Label> {
  const short = Math.min(width, height);
  const size = Math.max(12, Math.round(short * 0.0235));
  const small = Math.max(10, Math.round(short * 0.0175));
  const inset = Math.round(short * 0.022);
  const widest = width > height ? width * 0.5 : width * 0.8;
  const lines = wrapText("sans", prompt, size, widest - inset * 2, width > height ? 2 : 3);
  const values = wrapText("mono", settings, small, widest - inset * 2, 2);
  const fallback = await hasSystemFonts();
  const leading = Math.round(size * 1.42);
  const textHeight = lines.length * leading + (lines.length > 0 ? small * 0.7 : 0) + values.length * small * 1.5;
  const lineWidths = [
    ...lines.map((line) => textWidth("sans", line, size)),
    ...values.map((line) => textWidth("mono", line, small)),
  ];
  const across = blocks(Math.max(...lineWidths, 0) + inset * 2);
  const down = blocks(textHeight + inset * 1.3);
  let y = (down * 16 - textHeight) / 2 + size * 0.98;
  const parts: string[] = [];
  for (const line of lines) {
    parts.push(textToSvg("sans", line, { x: inset, y, size, fill: INK, fallback }));
    y += leading;
  }
  if (lines.length > 0) y += small * 0.6 - (size - small) * 0.5;
  for (const line of values) {
    parts.push(textToSvg("mono", line, { x: inset, y, size: small, fill: INK_2, fallback }));
    y += small * 1.5;
  }
  return drawLabel(0, blocks(height) - down, across, down, parts.join(""));
}

/** The word that says what made the clip, at the top right. */
export async function drawMark({ width, height }: Frame): Promise<Label> {
  const short = Math.min(width, height);
  const size = Math.round(short * 0.018);
  const wordWidth = textWidth("mono", "SANDBOX", size);
  const inset = Math.round(short * 0.016);
  const first = Math.max(0, Math.floor((width - wordWidth - inset * 2) / 16));
  const down = blocks(size * 2.1);
  const svg = textToSvg("mono", "SANDBOX", {
    x: (first * 16 + width) / 2 - first * 16 - wordWidth / 2,
    y: down * 8 + size * 0.355,
    size,
    fill: INK_2,
    fallback: false,
  });
  return drawLabel(first, 0, blocks(width) - first, down, svg);
}

/** Lays a label into a picture. */
export function place(label: Label, onto: Planes): void {
  const { column, row, planes } = label;
  for (const [name, size] of [
    ["y", 16],
    ["u", 8],
    ["v", 8],
  ] as const) {
    const [from, to] = [planes.mbWidth * size, onto.mbWidth * size];
    for (let line = 0; line < planes.mbHeight * size; line++) {
      const source = planes[name].subarray(line * from, (line + 1) * from);
      onto[name].set(source, (row * size + line) * to + column * size);
    }
  }
}
