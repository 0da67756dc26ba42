import "server-only";
import type { Pause } from "@/lib/sandbox/film";
import type { Planes } from "@/lib/sandbox/intra";
import type { Label } from "@/lib/sandbox/labels";
import type { MoveAt } from "@/lib/sandbox/motion";
import { emptyPlanes } from "@/lib/sandbox/picture";

const ROWS_BETWEEN_PAUSES = 32;
const LIT = 0.02;

/** How a picture is looked at: what it grows around, how large it is and how bright, at each share of the clip. */
export type View = {
  focus: [number, number];
  zoom: (share: number) => number;
  /** 0 to 1, how far the light has swelled. */
  swell: (share: number) => number;
  light: { at: [number, number]; reach: number; gain: number } | null;
};

/** Movement inside the picture, in pixels: `x` and `y` a second for a flow, at the widest for a sway. */
export type Drift = { kind: "flow" | "sway"; at: [number, number]; reach: [number, number]; x: number; y: number };

/** Weights of a soft spot along one side, so that a whole field costs one product a pixel. */
function bell(length: number, at: number, reach: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.exp(-(((i - at) / reach) ** 2)));
}

/**
 * The picture as seen at a share of the clip. `source` is it at `sourceZoom` times the frame's size, so that growing
 * never shows coarser pixels. Slow: it rests now and then.
 */
export async function look(
  source: Planes,
  sourceZoom: number,
  { width, height }: { width: number; height: number },
  view: View,
  share: number,
  pause: Pause,
): Promise<Planes> {
  const out = emptyPlanes(width, height);
  const zoom = view.zoom(share);
  const { light } = view;
  const gain = light ? light.gain * view.swell(share) : 0;
  for (const [name, shift] of [
    ["y", 0],
    ["u", 1],
    ["v", 1],
  ] as const) {
    const stride = (out.mbWidth * 16) >> shift;
    const rows = (out.mbHeight * 16) >> shift;
    const fromStride = (source.mbWidth * 16) >> shift;
    const fromRows = (source.mbHeight * 16) >> shift;
    const columnAt = new Int32Array(stride);
    const columnPart = new Int32Array(stride);
    const focusX = (view.focus[0] * width) / 2 ** shift;
    const focusY = (view.focus[1] * height) / 2 ** shift;
    const place = (p: number, focus: number) => (focus + (p + 0.5 - focus) / zoom) * sourceZoom - 0.5;
    for (let x = 0; x < stride; x++) {
      const at = Math.min(fromStride - 1.01, Math.max(0, place(x, focusX)));
      columnAt[x] = Math.floor(at);
      columnPart[x] = Math.round((at - Math.floor(at)) * 64);
    }
    const across = light ? bell(stride, (light.at[0] * width) / 2 ** shift, (light.reach * height) / 2 ** shift) : null;
    const down = light ? bell(rows, (light.at[1] * height) / 2 ** shift, (light.reach * height) / 2 ** shift) : null;
    const from = source[name];
    const to = out[name];
    const zero = shift === 0 ? 16 : 128;
    for (let row = 0; row < rows; row++) {
      const at = Math.min(fromRows - 1.01, Math.max(0, place(row, focusY)));
      const top = Math.floor(at) * fromStride;
      const part = Math.round((at - Math.floor(at)) * 64);
      const glow = gain * (down ? (down[row] as number) : 0);
      for (let x = 0; x < stride; x++) {
        const i = top + (columnAt[x] as number);
        const p = columnPart[x] as number;
        const a = (from[i] as number) * (64 - p) + (from[i + 1] as number) * p;
        const b = (from[i + fromStride] as number) * (64 - p) + (from[i + fromStride + 1] as number) * p;
        let value = (a * (64 - part) + b * part) / 4096;
        if (glow > 0.002) value = zero + (value - zero) * (1 + glow * ((across as Float32Array)[x] as number));
        to[row * stride + x] = value < 0 ? 0 : value > 240 ? 240 : value + 0.5;
      }
      if (row % ROWS_BETWEEN_PAUSES === 0) await pause();
    }
  }
  return out;
}

type Stage = {
  width: number;
  height: number;
  view: View;
  drifts: Drift[];
  labels: Label[];
  seconds: number;
};

/** Says for every frame where each macroblock comes from: the camera, what stirs, the labels that stand. */
export function createMoves({ width, height, view, drifts, labels, seconds }: Stage) {
  const [mbWidth, mbHeight] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const still = new Uint8Array(mbWidth * mbHeight);
  for (const { column, row, planes } of labels) {
    for (let y = row; y < row + planes.mbHeight; y++)
      still.fill(1, y * mbWidth + column, y * mbWidth + column + planes.mbWidth);
  }
  const spots = drifts.map((drift) => ({
    ...drift,
    across: bell(mbWidth, (drift.at[0] * width) / 16 - 0.5, (drift.reach[0] * width) / 16),
    down: bell(mbHeight, (drift.at[1] * height) / 16 - 0.5, (drift.reach[1] * height) / 16),
  }));

  /** Whether a macroblock moved by (x, y) quarter pixels would show part of something that stands. */
  const touches = (column: number, row: number, x: number, y: number): boolean => {
    // Beyond the frame a decoder repeats its rim, so the rim is what would be shown.
    const inside = (block: number, count: number) => Math.min(count - 1, Math.max(0, block));
    const left = inside(Math.floor(column + x / 64), mbWidth);
    const right = inside(Math.ceil(column + x / 64), mbWidth);
    const top = inside(Math.floor(row + y / 64), mbHeight);
    const bottom = inside(Math.ceil(row + y / 64), mbHeight);
    for (let r = top; r <= bottom; r++) {
      for (let c = left; c <= right; c++) if (still[r * mbWidth + c] === 1) return true;
    }
    return false;
  };

  const along = (column: number, row: number, x: number, y: number): [number, number] => {
    if (!touches(column, row, x, 0)) return [x, 0];
    return touches(column, row, 0, y) ? [0, 0] : [0, y];
  };

  const { light } = view;
  /** Whether the light changes so much here that the two stills of a group differ to the eye. */
  const isLit = (column: number, row: number): boolean => {
    if (!light) return false;
    const x = ((column * 16 + 8) / width - light.at[0]) * width;
    const y = ((row * 16 + 8) / height - light.at[1]) * height;
    return light.gain * Math.exp(-(x * x + y * y) / (light.reach * height) ** 2) > LIT;
  };

  return (share: number, before: number, after: number): MoveAt => {
    const zoom = view.zoom(share);
    const [zoomBefore, zoomAfter] = [view.zoom(before) / zoom - 1, view.zoom(after) / zoom - 1];
    const [focusX, focusY] = [view.focus[0] * width, view.focus[1] * height];
    const length = Math.max(1e-6, after - before);
    const part = (share - before) / length;
    const [since, until] = [(share - before) * seconds, (share - after) * seconds];
    const swing = Math.sin(2 * Math.PI * part) * Math.sin(Math.PI * part);
    return (column, row, move) => {
      move.from = "both";
      move.beforeX = move.beforeY = move.afterX = move.afterY = 0;
      if (still[row * mbWidth + column] === 1) return;
      const [x, y] = [column * 16 + 8 - focusX, row * 16 + 8 - focusY];
      let [beforeX, beforeY] = [x * zoomBefore, y * zoomBefore];
      let [afterX, afterY] = [x * zoomAfter, y * zoomAfter];
      for (const spot of spots) {
        // Without its long tail: what lies beside a spot must stay where it is.
        const weight = (spot.across[column] as number) * (spot.down[row] as number) * 1.35 - 0.35;
        if (weight <= 0) continue;
        // A flow leaves the still before it and arrives at the still after it; both fade into one another on the way.
        const [forth, back] = spot.kind === "flow" ? [since, until] : [swing, swing];
        beforeX -= weight * spot.x * forth;
        beforeY -= weight * spot.y * forth;
        afterX -= weight * spot.x * back;
        afterY -= weight * spot.y * back;
      }
      move.beforeX = Math.round(beforeX * 4);
      move.beforeY = Math.round(beforeY * 4);
      move.afterX = Math.round(afterX * 4);
      move.afterY = Math.round(afterY * 4);
      const isAfterSpoilt = touches(column, row, move.afterX, move.afterY);
      const isBeforeSpoilt = touches(column, row, move.beforeX, move.beforeY);
      if (isAfterSpoilt === isBeforeSpoilt || isLit(column, row)) {
        // Both stills stay in, for their light; where one would show a label, it keeps to the way along it.
        if (isAfterSpoilt) [move.afterX, move.afterY] = along(column, row, move.afterX, move.afterY);
        if (isBeforeSpoilt) [move.beforeX, move.beforeY] = along(column, row, move.beforeX, move.beforeY);
      } else move.from = isAfterSpoilt ? "before" : "after";
    };
  };
}
