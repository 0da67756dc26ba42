import "server-only";
import type { Planes } from "@/lib/sandbox/intra";
import { hasSystemFonts, textToSvg, textWidth, wrapText } from "@/lib/sandbox/lettering";
import { decodePicture, emptyPlanes, toPlanes } from "@/lib/sandbox/picture";

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

/** What was asked for, small, at the bottom left, above the ruler. `settings` is the line of values under the prompt. */
export async function drawCaption(
  { width, height }: Frame,
  rulerRow: number,
  prompt: string,
  settings: string,
): Promise<Label> {
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
  return drawLabel(0, rulerRow - down, across, down, parts.join(""));
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

/** Tones of the ruler as luma, blue and red difference: the well, the rail, the ink, and the signal that means time. */
const TONE = { well: [26, 128, 128], rail: [78, 128, 128], ink: [217, 128, 128], signal: [123, 81, 206] } as const;

/** The ruler along the bottom edge: a tick for every second, and a needle where the clip is. */
export class Ruler {
  readonly row: number;
  private readonly rows: number;
  private readonly planes: Planes;
  private readonly unit: number;

  constructor(
    private readonly frame: Frame,
    private readonly seconds: number,
  ) {
    const total = blocks(frame.height);
    this.unit = Math.max(1, Math.round(Math.min(frame.width, frame.height) / 540));
    // The last row of macroblocks may be cut by the frame's edge; a ruler needs some height to be seen.
    const visible = frame.height - (total - 1) * 16;
    this.rows = visible >= 10 * this.unit ? 1 : 2;
    this.row = total - this.rows;
    this.planes = emptyPlanes(frame.width, this.rows * 16);
  }

  private fill(x: number, y: number, width: number, height: number, tone: readonly [number, number, number]): void {
    const { mbWidth, y: luma, u, v } = this.planes;
    const right = Math.min(mbWidth * 16, x + width);
    const bottom = Math.min(this.rows * 16, y + height);
    for (let row = Math.max(0, y); row < bottom; row++) {
      luma.fill(tone[0], row * mbWidth * 16 + Math.max(0, x), row * mbWidth * 16 + right);
      const [from, to] = [Math.max(0, x) >> 1, (right + 1) >> 1];
      u.fill(tone[1], (row >> 1) * mbWidth * 8 + from, (row >> 1) * mbWidth * 8 + to);
      v.fill(tone[2], (row >> 1) * mbWidth * 8 + from, (row >> 1) * mbWidth * 8 + to);
    }
  }

  needleX(share: number): number {
    return Math.round((share * (this.frame.width - 2 * this.unit)) / 2) * 2;
  }

  /** The macroblocks the needle touches at a share of the clip. */
  needleBlocks(share: number): [number, number] {
    const x = this.needleX(share);
    return [x >> 4, Math.min(this.planes.mbWidth - 1, (x + 2 * this.unit - 1) >> 4)];
  }

  private draw(share: number): Planes {
    const { unit, frame } = this;
    const visible = frame.height - this.row * 16;
    const x = this.needleX(share);
    this.fill(0, 0, this.planes.mbWidth * 16, this.rows * 16, TONE.well);
    const rail = Math.max(2, Math.round(visible * 0.25));
    this.fill(0, rail, frame.width, unit, TONE.rail);
    this.fill(0, rail, x, unit, TONE.ink);
    const parts = this.seconds <= 8 ? 4 : this.seconds <= 16 ? 2 : 1;
    for (let i = 0; i <= this.seconds * parts; i++) {
      const isSecond = i % parts === 0;
      const at = Math.round((i / (this.seconds * parts)) * (frame.width - unit));
      this.fill(at, rail, unit, Math.round(visible * (isSecond ? 0.42 : 0.22)), at < x ? TONE.ink : TONE.rail);
    }
    this.fill(x, 0, 2 * unit, this.rows * 16, TONE.signal);
    return this.planes;
  }

  /** Lays the ruler into a still, its needle at a share of the clip. */
  place(share: number, onto: Planes): void {
    place({ column: 0, row: this.row, planes: this.draw(share) }, onto);
  }

  /** The macroblocks under the needle, drawn anew: one array of 384 bytes for each, by column and row. */
  needle(share: number): Map<number, Uint8Array> {
    const planes = this.draw(share);
    const [first, last] = this.needleBlocks(share);
    const drawn = new Map<number, Uint8Array>();
    for (let row = 0; row < this.rows; row++) {
      for (let column = first; column <= last; column++) {
        drawn.set((this.row + row) * planes.mbWidth + column, cut(planes, column, row));
      }
    }
    return drawn;
  }
}

function cut(planes: Planes, column: number, row: number): Uint8Array {
  const out = new Uint8Array(384);
  let at = 0;
  for (const [name, size] of [
    ["y", 16],
    ["u", 8],
    ["v", 8],
  ] as const) {
    const stride = planes.mbWidth * size;
    for (let line = 0; line < size; line++) {
      const start = (row * size + line) * stride + column * size;
      out.set(planes[name].subarray(start, start + size), at);
      at += size;
    }
  }
  return out;
}
