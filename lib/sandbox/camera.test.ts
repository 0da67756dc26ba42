import { describe, expect, it } from "vitest";
import { createMoves, type View } from "@/lib/sandbox/camera";
import { drawCaption, drawMark } from "@/lib/sandbox/labels";
import type { Move } from "@/lib/sandbox/motion";

const FRAMES = [
  { width: 960, height: 540 },
  { width: 540, height: 960 },
  { width: 1080, height: 1080 },
];
const WAYS = [
  ["in", 1, 0],
  ["out", -1, 0],
  ["in, under a swelling light", 1, 0.3],
] as const;

describe.each(FRAMES)("moves in a frame of $width x $height", ({ width, height }) => {
  it.each(WAYS)("never pull a label out of its place, going %s", async (_name, way, gain) => {
    const labels = [
      await drawMark({ width, height }),
      await drawCaption({ width, height }, "A prompt of some length, for a label", "540p · 5 s"),
    ];
    const view: View = {
      focus: [0.6, 0.4],
      zoom: (share) => 1 + 0.08 * (0.5 - way * 0.5 * Math.cos(2 * Math.PI * share)),
      swell: (share) => share,
      light: gain > 0 ? { at: [0.5, 0.5], reach: 1, gain } : null,
    };
    const stage = { width, height, view, drifts: [], labels, seconds: 5 };
    const [across, down] = [Math.ceil(width / 16), Math.ceil(height / 16)];
    const stands = (column: number, row: number) =>
      labels.some(
        ({ column: left, row: top, planes }) =>
          column >= left && column < left + planes.mbWidth && row >= top && row < top + planes.mbHeight,
      );
    const shows = (column: number, row: number, x: number, y: number) => {
      const [left, top] = [column + x / 64, row + y / 64];
      for (const c of [Math.floor(left), Math.ceil(left)]) {
        for (const r of [Math.floor(top), Math.ceil(top)]) {
          if (stands(Math.min(across - 1, Math.max(0, c)), Math.min(down - 1, Math.max(0, r)))) return true;
        }
      }
      return false;
    };
    const move: Move = { from: "both", beforeX: 0, beforeY: 0, afterX: 0, afterY: 0 };
    let moved = 0;
    const spoilt: string[] = [];
    for (const [share, before, after] of [
      [0.1, 0, 0.5],
      [0.4, 0, 0.5],
      [0.9, 0.5, 1],
    ] as const) {
      const moveAt = createMoves(stage)(share, before, after);
      for (let row = 0; row < down; row++) {
        for (let column = 0; column < across; column++) {
          moveAt(column, row, move);
          if (stands(column, row)) {
            expect(move).toMatchObject({ from: "both", beforeX: 0, beforeY: 0, afterX: 0, afterY: 0 });
            continue;
          }
          if (move.beforeX !== 0 || move.beforeY !== 0) moved++;
          const usesBefore = move.from !== "after" && shows(column, row, move.beforeX, move.beforeY);
          const usesAfter = move.from !== "before" && shows(column, row, move.afterX, move.afterY);
          if (usesBefore || usesAfter) spoilt.push(`${column},${row} at ${share}`);
        }
      }
    }
    expect(moved).toBeGreaterThan(100);
    expect(spoilt).toEqual([]);
  });
});
