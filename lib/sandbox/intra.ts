import type { BitWriter } from "@/lib/sandbox/bits";
import { CHROMA_DC, writeBlock } from "@/lib/sandbox/cavlc";

/** A picture as H.264 sees it: 4:2:0, limited range, padded to whole macroblocks. */
export type Planes = { mbWidth: number; mbHeight: number; y: Uint8Array; u: Uint8Array; v: Uint8Array };

// 8.5.9: how much of a step each position of a 4x4 block counts, for the six steps of an octave.
const SCALE = [
  [10, 16, 13],
  [11, 18, 14],
  [13, 20, 16],
  [14, 23, 18],
  [16, 25, 20],
  [18, 29, 23],
];
const QUANT = [
  [13107, 5243, 8066],
  [11916, 4660, 7490],
  [10082, 4194, 6554],
  [9362, 3647, 5825],
  [8192, 3355, 5243],
  [7282, 2893, 4559],
];
const KIND = [0, 2, 0, 2, 2, 1, 2, 1, 0, 2, 0, 2, 2, 1, 2, 1];
const ZIGZAG = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
const BLOCK_X = [0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3];
const BLOCK_Y = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3];
const CHROMA_QP = [29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39];

const chromaQp = (qp: number): number => (qp < 30 ? qp : (CHROMA_QP[qp - 30] as number));
const clip = (value: number): number => (value < 0 ? 0 : Math.min(value, 255));

const at = (list: ArrayLike<number>, index: number): number => list[index] as number;

/** One plane of the picture being coded: its source, what a decoder will have, and its quantiser. */
class Plane {
  readonly decoded: Uint8Array;
  readonly counts: Uint8Array;
  private readonly quant: Int32Array;
  private readonly scale: Int32Array;
  private readonly shift: number;
  private readonly round: number;
  private readonly octave: number;
  readonly prediction = new Uint8Array(256);
  readonly ac = new Int32Array(256);
  readonly dc = new Int32Array(16);

  constructor(
    readonly source: Uint8Array,
    readonly stride: number,
    readonly size: 16 | 8,
    qp: number,
  ) {
    this.decoded = new Uint8Array(source.length);
    this.counts = new Uint8Array(source.length >> 4);
    this.octave = Math.floor(qp / 6);
    this.quant = Int32Array.from(KIND, (kind) => at(QUANT[qp % 6] as number[], kind));
    this.scale = Int32Array.from(KIND, (kind) => at(SCALE[qp % 6] as number[], kind));
    this.shift = 15 + this.octave;
    this.round = Math.floor((1 << this.shift) / 3);
  }

  /** Fills `prediction`. `mode`: 0 from above, 1 from the left, 2 the mean, 3 a plane. False without the neighbours. */
  predict(mode: number, left: number, top: number): boolean {
    const { decoded, stride, size, prediction } = this;
    const start = top * stride + left;
    if ((mode === 0 && top === 0) || (mode === 1 && left === 0)) return false;
    if (mode === 2) return this.predictMean(left, top);
    if (mode === 3) return left > 0 && top > 0 && this.predictPlane(left, top);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        prediction[y * size + x] = at(decoded, mode === 0 ? start - stride + x : start + y * stride - 1);
      }
    }
    return true;
  }

  private predictMean(left: number, top: number): true {
    if (this.size === 16) this.fillMean(left, top, 0, 0, 16, top > 0, left > 0);
    else {
      // 8.3.4.1: each quarter of a chroma block has a mean of its own; two of them prefer one side.
      for (let q = 0; q < 4; q++) {
        const [x, y] = [(q & 1) * 4, (q >> 1) * 4];
        const useTop = top > 0 && !(q === 2 && left > 0);
        const useLeft = left > 0 && !(q === 1 && top > 0);
        this.fillMean(left, top, x, y, 4, useTop, useLeft);
      }
    }
    return true;
  }

  /** 8.3.3.4 and 8.3.4.4: a slope through the neighbours, which suits skies and other soft light. */
  private predictPlane(left: number, top: number): true {
    const { decoded, stride, size, prediction } = this;
    const above = (top - 1) * stride + left;
    const beside = top * stride + left - 1;
    const half = size >> 1;
    let [h, v] = [0, 0];
    for (let i = 0; i < half; i++) {
      h += (i + 1) * (at(decoded, above + half + i) - at(decoded, above + half - 2 - i));
      v += (i + 1) * (at(decoded, beside + (half + i) * stride) - at(decoded, beside + (half - 2 - i) * stride));
    }
    const slope = size === 16 ? 5 : 34;
    const [b, c] = [(slope * h + 32) >> 6, (slope * v + 32) >> 6];
    const a = 16 * (at(decoded, beside + (size - 1) * stride) + at(decoded, above + size - 1));
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        prediction[y * size + x] = clip((a + b * (x - half + 1) + c * (y - half + 1) + 16) >> 5);
      }
    }
    return true;
  }

  private fillMean(left: number, top: number, x0: number, y0: number, n: number, useTop: boolean, useLeft: boolean) {
    const { decoded, stride, size, prediction } = this;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (useTop) sum += at(decoded, (top - 1) * stride + left + x0 + i);
      if (useLeft) sum += at(decoded, (top + y0 + i) * stride + left - 1);
    }
    const count = (useTop ? n : 0) + (useLeft ? n : 0);
    const mean = count === 0 ? 128 : Math.floor((sum + (count >> 1)) / count);
    for (let y = 0; y < n; y++) prediction.fill(mean, (y0 + y) * size + x0, (y0 + y) * size + x0 + n);
  }

  /** How far the prediction is off, summed over every other row. */
  cost(left: number, top: number): number {
    const { source, stride, size, prediction } = this;
    let sum = 0;
    for (let y = 0; y < size; y += 2) {
      const row = (top + y) * stride + left;
      for (let x = 0; x < size; x++) sum += Math.abs(at(source, row + x) - at(prediction, y * size + x));
    }
    return sum;
  }

  /** Transforms and quantises the residual of the whole block into `dc` and `ac` (scan order). True if any AC is left. */
  quantise(left: number, top: number): boolean {
    const { source, stride, size, prediction, ac, dc, quant, shift, round } = this;
    const across = size >> 2;
    let hasAc = false;
    for (let b = 0; b < across * across; b++) {
      const bx = size === 16 ? at(BLOCK_X, b) : b & 1;
      const by = size === 16 ? at(BLOCK_Y, b) : b >> 1;
      for (let i = 0; i < 4; i++) {
        const s = (top + by * 4 + i) * stride + left + bx * 4;
        const p = (by * 4 + i) * size + bx * 4;
        const [a0, a1] = [at(source, s) - at(prediction, p), at(source, s + 1) - at(prediction, p + 1)];
        const [a2, a3] = [at(source, s + 2) - at(prediction, p + 2), at(source, s + 3) - at(prediction, p + 3)];
        work[i * 4] = a0 + a1 + a2 + a3;
        work[i * 4 + 1] = 2 * a0 + a1 - a2 - 2 * a3;
        work[i * 4 + 2] = a0 - a1 - a2 + a3;
        work[i * 4 + 3] = a0 - 2 * a1 + 2 * a2 - a3;
      }
      for (let i = 0; i < 4; i++) {
        const [a0, a1, a2, a3] = [at(work, i), at(work, i + 4), at(work, i + 8), at(work, i + 12)];
        work[i] = a0 + a1 + a2 + a3;
        work[i + 4] = 2 * a0 + a1 - a2 - 2 * a3;
        work[i + 8] = a0 - a1 - a2 + a3;
        work[i + 12] = a0 - 2 * a1 + 2 * a2 - a3;
      }
      dc[by * across + bx] = at(work, 0);
      for (let i = 1; i < 16; i++) {
        const position = at(ZIGZAG, i);
        const value = at(work, position);
        const level = (Math.abs(value) * at(quant, position) + round) >> shift;
        ac[b * 16 + i] = value < 0 ? -level : level;
        if (level !== 0) hasAc = true;
      }
    }
    return hasAc;
  }

  quantiseDc(value: number): number {
    const level = Math.floor((Math.abs(value) * at(this.quant, 0) + 2 * this.round) / 2 ** (this.shift + 1));
    return value < 0 ? -level : level;
  }

  /** The value an inverse-transformed luma DC stands for (8.5.10). */
  scaleLumaDc(value: number): number {
    const step = value * at(this.scale, 0) * 16;
    return this.octave >= 6 ? step << (this.octave - 6) : (step + (1 << (5 - this.octave))) >> (6 - this.octave);
  }

  scaleChromaDc(value: number): number {
    return ((value * at(this.scale, 0) * 16) << this.octave) >> 5;
  }

  /** Puts prediction and residual together, as a decoder will. `dcs` are the scaled DC values by block raster order. */
  reconstruct(left: number, top: number, dcs: Int32Array, withAc: boolean): void {
    const { decoded, stride, size, prediction, ac, scale, octave } = this;
    const across = size >> 2;
    for (let b = 0; b < across * across; b++) {
      const bx = size === 16 ? at(BLOCK_X, b) : b & 1;
      const by = size === 16 ? at(BLOCK_Y, b) : b >> 1;
      work.fill(0);
      work[0] = at(dcs, by * across + bx);
      if (withAc) {
        for (let i = 1; i < 16; i++) {
          const level = at(ac, b * 16 + i);
          if (level !== 0) work[at(ZIGZAG, i)] = (level * at(scale, at(ZIGZAG, i))) << octave;
        }
      }
      for (let i = 0; i < 16; i += 4) {
        const [e, f] = [at(work, i) + at(work, i + 2), at(work, i) - at(work, i + 2)];
        const g = (at(work, i + 1) >> 1) - at(work, i + 3);
        const h = at(work, i + 1) + (at(work, i + 3) >> 1);
        work[i] = e + h;
        work[i + 1] = f + g;
        work[i + 2] = f - g;
        work[i + 3] = e - h;
      }
      for (let i = 0; i < 4; i++) {
        const [e, f] = [at(work, i) + at(work, i + 8), at(work, i) - at(work, i + 8)];
        const g = (at(work, i + 4) >> 1) - at(work, i + 12);
        const h = at(work, i + 4) + (at(work, i + 12) >> 1);
        const p = by * 4 * size + bx * 4 + i;
        const o = (top + by * 4) * stride + left + bx * 4 + i;
        decoded[o] = clip(at(prediction, p) + ((e + h + 32) >> 6));
        decoded[o + stride] = clip(at(prediction, p + size) + ((f + g + 32) >> 6));
        decoded[o + 2 * stride] = clip(at(prediction, p + 2 * size) + ((f - g + 32) >> 6));
        decoded[o + 3 * stride] = clip(at(prediction, p + 3 * size) + ((e - h + 32) >> 6));
      }
    }
  }

  /** nC (9.2.1) of the 4x4 block at (x, y), counted in blocks. */
  context(x: number, y: number): number {
    const across = this.stride >> 2;
    const left = x > 0 ? at(this.counts, y * across + x - 1) : -1;
    const top = y > 0 ? at(this.counts, (y - 1) * across + x) : -1;
    if (left >= 0 && top >= 0) return (left + top + 1) >> 1;
    return Math.max(left, top, 0);
  }

  setCount(x: number, y: number, count: number): void {
    this.counts[y * (this.stride >> 2) + x] = count;
  }
}

const work = new Int32Array(16);
const lumaDc = new Int32Array(16);
const lumaDcScan = new Int32Array(16);
const chromaDc = [new Int32Array(4), new Int32Array(4)] as const;

function hadamard(block: Int32Array): void {
  for (let pass = 0; pass < 2; pass++) {
    const [step, next] = pass === 0 ? [1, 4] : [4, 1];
    for (let i = 0; i < 4; i++) {
      const o = i * next;
      const [a, b, c, d] = [at(block, o), at(block, o + step), at(block, o + 2 * step), at(block, o + 3 * step)];
      block[o] = a + b + c + d;
      block[o + step] = a + b - c - d;
      block[o + 2 * step] = a - b - c + d;
      block[o + 3 * step] = a - b + c - d;
    }
  }
}

function hadamard2(block: Int32Array): void {
  const [a, b, c, d] = [at(block, 0), at(block, 1), at(block, 2), at(block, 3)];
  block[0] = a + b + c + d;
  block[1] = a - b + c - d;
  block[2] = a + b - c - d;
  block[3] = a - b - c + d;
}

const MODES = [2, 0, 1, 3];

function bestMode(planes: Plane[], left: number, top: number, modes: number[]): number {
  let best = 2;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const mode of modes) {
    let cost = 0;
    for (const plane of planes) cost += plane.predict(mode, left, top) ? plane.cost(left, top) : 1e9;
    if (cost < bestCost) [best, bestCost] = [mode, cost];
  }
  for (const plane of planes) plane.predict(best, left, top);
  return best;
}

/** Chroma names the same modes in another order (table 7-16). */
const CHROMA_MODE = [2, 1, 0, 3];

/** Codes a whole picture as Intra16x16 macroblocks, row by row, so that the caller can yield between rows. */
export class StillCoder {
  private readonly y: Plane;
  private readonly chroma: [Plane, Plane];

  constructor(
    private readonly planes: Planes,
    qp: number,
    private readonly out: BitWriter,
  ) {
    const stride = planes.mbWidth * 16;
    this.y = new Plane(planes.y, stride, 16, qp);
    this.chroma = [
      new Plane(planes.u, stride >> 1, 8, chromaQp(qp)),
      new Plane(planes.v, stride >> 1, 8, chromaQp(qp)),
    ];
  }

  /** What a decoder has before its deblocking filter. */
  get decoded(): Planes {
    return {
      ...this.planes,
      y: this.y.decoded,
      u: this.chroma[0].decoded,
      v: this.chroma[1].decoded,
    };
  }

  codeRow(row: number): void {
    for (let column = 0; column < this.planes.mbWidth; column++) this.codeMacroblock(column, row);
  }

  private codeMacroblock(column: number, row: number): void {
    const { out, y, chroma } = this;
    const mode = bestMode([y], column * 16, row * 16, MODES);
    const hasAc = y.quantise(column * 16, row * 16);
    lumaDc.set(y.dc);
    hadamard(lumaDc);
    for (let i = 0; i < 16; i++) lumaDc[i] = y.quantiseDc(at(lumaDc, i) >> 1);
    for (let i = 0; i < 16; i++) lumaDcScan[i] = at(lumaDc, at(ZIGZAG, i));

    const chromaMode = bestMode(chroma, column * 8, row * 8, MODES);
    let chromaPattern = 0;
    for (const [i, plane] of chroma.entries()) {
      const dc = chromaDc[i as 0 | 1];
      if (plane.quantise(column * 8, row * 8)) chromaPattern = 2;
      dc.set(plane.dc.subarray(0, 4));
      hadamard2(dc);
      for (let k = 0; k < 4; k++) {
        dc[k] = plane.quantiseDc(at(dc, k));
        if (dc[k] !== 0 && chromaPattern === 0) chromaPattern = 1;
      }
    }

    out.ue(1 + mode + 4 * chromaPattern + (hasAc ? 12 : 0));
    out.ue(at(CHROMA_MODE, chromaMode));
    out.se(0);
    writeBlock(out, lumaDcScan, 0, 16, y.context(column * 4, row * 4));
    for (let b = 0; b < 16; b++) {
      const [bx, by] = [column * 4 + at(BLOCK_X, b), row * 4 + at(BLOCK_Y, b)];
      y.setCount(bx, by, hasAc ? writeBlock(out, y.ac, b * 16 + 1, 15, y.context(bx, by)) : 0);
    }
    if (chromaPattern > 0) for (const dc of chromaDc) writeBlock(out, dc, 0, 4, CHROMA_DC);
    for (const plane of chroma) {
      for (let b = 0; b < 4; b++) {
        const [bx, by] = [column * 2 + (b & 1), row * 2 + (b >> 1)];
        plane.setCount(
          bx,
          by,
          chromaPattern === 2 ? writeBlock(out, plane.ac, b * 16 + 1, 15, plane.context(bx, by)) : 0,
        );
      }
    }

    hadamard(lumaDc);
    for (let i = 0; i < 16; i++) lumaDc[i] = y.scaleLumaDc(at(lumaDc, i));
    y.reconstruct(column * 16, row * 16, lumaDc, hasAc);
    for (const [i, plane] of chroma.entries()) {
      const dc = chromaDc[i as 0 | 1];
      hadamard2(dc);
      for (let k = 0; k < 4; k++) dc[k] = plane.scaleChromaDc(at(dc, k));
      plane.reconstruct(column * 8, row * 8, dc, chromaPattern === 2);
    }
  }
}
