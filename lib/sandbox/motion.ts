import type { BitWriter } from "@/lib/sandbox/bits";

/**
 * Where one macroblock of a frame comes from: the still before it, the still after it, or the mean of both, weighted by
 * time. `x` and `y` say how far away in quarter pixels.
 */
export type Move = {
  from: "both" | "before" | "after";
  beforeX: number;
  beforeY: number;
  afterX: number;
  afterY: number;
};

/** Fills `move` for the macroblock at (column, row). */
export type MoveAt = (column: number, row: number, move: Move) => void;

const MB_TYPE = { before: 1, after: 2, both: 3 } as const;
/** A guess that is off by less than the eye can see is taken, since a macroblock that follows the guess costs nothing. */
const TOLERANCE = 1;

/** What is known of one list of vectors (list 0 points to the still before, list 1 to the still after). */
class Vectors {
  readonly used: Uint8Array;
  readonly x: Int16Array;
  readonly y: Int16Array;
  guessUsed = false;
  guessX = 0;
  guessY = 0;

  constructor(
    private readonly across: number,
    count: number,
  ) {
    this.used = new Uint8Array(count);
    this.x = new Int16Array(count);
    this.y = new Int16Array(count);
  }

  /** 8.4.1.3: the median of the neighbours, or the only one that points into this list. */
  guess(column: number, row: number): void {
    const k = row * this.across + column;
    const a = column > 0 ? k - 1 : -1;
    const b = row > 0 ? k - this.across : -1;
    const c = row === 0 ? -1 : column < this.across - 1 ? b + 1 : column > 0 ? b - 1 : -1;
    const [ua, ub, uc] = [this.uses(a), this.uses(b), this.uses(c)];
    this.guessUsed = ua || ub || uc;
    let only = -2;
    if (b < 0 && c < 0 && a >= 0) only = ua ? a : -1;
    else if (Number(ua) + Number(ub) + Number(uc) === 1) only = ua ? a : ub ? b : c;
    if (only !== -2) {
      this.guessX = only < 0 ? 0 : (this.x[only] as number);
      this.guessY = only < 0 ? 0 : (this.y[only] as number);
      return;
    }
    this.guessX = median(
      ua ? (this.x[a] as number) : 0,
      ub ? (this.x[b] as number) : 0,
      uc ? (this.x[c] as number) : 0,
    );
    this.guessY = median(
      ua ? (this.y[a] as number) : 0,
      ub ? (this.y[b] as number) : 0,
      uc ? (this.y[c] as number) : 0,
    );
  }

  private uses(k: number): boolean {
    return k >= 0 && this.used[k] === 1;
  }

  matches(wanted: boolean, used: boolean, x: number, y: number): boolean {
    if (wanted !== used) return false;
    return !wanted || (Math.abs(x - this.guessX) <= TOLERANCE && Math.abs(y - this.guessY) <= TOLERANCE);
  }

  set(k: number, used: boolean, x: number, y: number): void {
    this.used[k] = used ? 1 : 0;
    this.x[k] = used ? x : 0;
    this.y[k] = used ? y : 0;
  }
}

const median = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** Codes the frames between two stills: macroblocks that move cost a few bits, those that follow their neighbours none. */
export class BetweenCoder {
  private readonly before: Vectors;
  private readonly after: Vectors;
  private readonly move: Move = { from: "both", beforeX: 0, beforeY: 0, afterX: 0, afterY: 0 };

  constructor(
    private readonly across: number,
    private readonly down: number,
  ) {
    this.before = new Vectors(across, across * down);
    this.after = new Vectors(across, across * down);
  }

  /** Writes the slice data of one frame. */
  code(out: BitWriter, moveAt: MoveAt): void {
    const { before, after, move } = this;
    let skipped = 0;
    for (let row = 0; row < this.down; row++) {
      for (let column = 0; column < this.across; column++) {
        const k = row * this.across + column;
        moveAt(column, row, move);
        before.guess(column, row);
        after.guess(column, row);
        const useBefore = move.from !== "after";
        const useAfter = move.from !== "before";
        // 8.4.1.2.2: a skipped macroblock takes the lists its neighbours use; with none, both, without motion.
        const alone = !before.guessUsed && !after.guessUsed;
        const guessBefore = alone || before.guessUsed;
        const guessAfter = alone || after.guessUsed;
        if (
          before.matches(useBefore, guessBefore, move.beforeX, move.beforeY) &&
          after.matches(useAfter, guessAfter, move.afterX, move.afterY)
        ) {
          skipped++;
          before.set(k, guessBefore, before.guessX, before.guessY);
          after.set(k, guessAfter, after.guessX, after.guessY);
          continue;
        }
        out.ue(skipped);
        skipped = 0;
        out.ue(MB_TYPE[move.from]);
        if (useBefore) {
          out.se(move.beforeX - before.guessX);
          out.se(move.beforeY - before.guessY);
        }
        if (useAfter) {
          out.se(move.afterX - after.guessX);
          out.se(move.afterY - after.guessY);
        }
        // coded_block_pattern: no residual.
        out.ue(0);
        before.set(k, useBefore, move.beforeX, move.beforeY);
        after.set(k, useAfter, move.afterX, move.afterY);
      }
    }
    if (skipped > 0) out.ue(skipped);
  }
}
