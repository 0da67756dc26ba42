import type { BitWriter } from "@/lib/sandbox/bits";

// Tables 9-5, 9-7, 9-8, 9-9 and 9-10 of ITU-T H.264 as lengths and codes. A row of `coeff_token` is one number of
// coefficients (0 to 16); its columns are 0 to 3 trailing ones.
const TOKEN_LENGTHS = [
  [
    1, 0, 0, 0, 6, 2, 0, 0, 8, 6, 3, 0, 9, 8, 7, 5, 10, 9, 8, 6, 11, 10, 9, 7, 13, 11, 10, 8, 13, 13, 11, 9, 13, 13, 13,
    10, 14, 14, 13, 11, 14, 14, 14, 13, 15, 15, 14, 14, 15, 15, 15, 14, 16, 15, 15, 15, 16, 16, 16, 15, 16, 16, 16, 16,
    16, 16, 16, 16,
  ],
  [
    2, 0, 0, 0, 6, 2, 0, 0, 6, 5, 3, 0, 7, 6, 6, 4, 8, 6, 6, 4, 8, 7, 7, 5, 9, 8, 8, 6, 11, 9, 9, 6, 11, 11, 11, 7, 12,
    11, 11, 9, 12, 12, 12, 11, 12, 12, 12, 11, 13, 13, 13, 12, 13, 13, 13, 13, 13, 14, 13, 13, 14, 14, 14, 13, 14, 14,
    14, 14,
  ],
  [
    4, 0, 0, 0, 6, 4, 0, 0, 6, 5, 4, 0, 6, 5, 5, 4, 7, 5, 5, 4, 7, 5, 5, 4, 7, 6, 6, 4, 7, 6, 6, 4, 8, 7, 7, 5, 8, 8, 7,
    6, 9, 8, 8, 7, 9, 9, 8, 8, 9, 9, 9, 8, 10, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
  ],
];
const TOKEN_CODES = [
  [
    1, 0, 0, 0, 5, 1, 0, 0, 7, 4, 1, 0, 7, 6, 5, 3, 7, 6, 5, 3, 7, 6, 5, 4, 15, 6, 5, 4, 11, 14, 5, 4, 8, 10, 13, 4, 15,
    14, 9, 4, 11, 10, 13, 12, 15, 14, 9, 12, 11, 10, 13, 8, 15, 1, 9, 12, 11, 14, 13, 8, 7, 10, 9, 12, 4, 6, 5, 8,
  ],
  [
    3, 0, 0, 0, 11, 2, 0, 0, 7, 7, 3, 0, 7, 10, 9, 5, 7, 6, 5, 4, 4, 6, 5, 6, 7, 6, 5, 8, 15, 6, 5, 4, 11, 14, 13, 4,
    15, 10, 9, 4, 11, 14, 13, 12, 8, 10, 9, 8, 15, 14, 13, 12, 11, 10, 9, 12, 7, 11, 6, 8, 9, 8, 10, 1, 7, 6, 5, 4,
  ],
  [
    15, 0, 0, 0, 15, 14, 0, 0, 11, 15, 13, 0, 8, 12, 14, 12, 15, 10, 11, 11, 11, 8, 9, 10, 9, 14, 13, 9, 8, 10, 9, 8,
    15, 14, 13, 13, 11, 14, 10, 12, 15, 10, 13, 12, 11, 14, 9, 12, 8, 10, 13, 8, 13, 7, 9, 12, 9, 12, 11, 10, 5, 8, 7,
    6, 1, 4, 3, 2,
  ],
];
const CHROMA_DC_TOKEN_LENGTHS = [2, 0, 0, 0, 6, 1, 0, 0, 6, 6, 3, 0, 6, 7, 7, 6, 6, 8, 8, 7];
const CHROMA_DC_TOKEN_CODES = [1, 0, 0, 0, 7, 1, 0, 0, 4, 6, 1, 0, 3, 3, 2, 5, 2, 3, 2, 0];

type Code = { length: number; code: number };
const codes = (lengths: number[][], values: number[][]): Code[][] =>
  lengths.map((row, i) => row.map((length, j) => ({ length, code: values[i]?.[j] ?? 0 })));

const TOTAL_ZEROS = codes(
  [
    [1, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 9],
    [3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6],
    [4, 3, 3, 3, 4, 4, 3, 3, 4, 5, 5, 6, 5, 6],
    [5, 3, 4, 4, 3, 3, 3, 4, 3, 4, 5, 5, 5],
    [4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 4, 5],
    [6, 5, 3, 3, 3, 3, 3, 3, 4, 3, 6],
    [6, 5, 3, 3, 3, 2, 3, 4, 3, 6],
    [6, 4, 5, 3, 2, 2, 3, 3, 6],
    [6, 6, 4, 2, 2, 3, 2, 5],
    [5, 5, 3, 2, 2, 2, 4],
    [4, 4, 3, 3, 1, 3],
    [4, 4, 2, 1, 3],
    [3, 3, 1, 2],
    [2, 2, 1],
    [1, 1],
  ],
  [
    [1, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 1],
    [7, 6, 5, 4, 3, 5, 4, 3, 2, 3, 2, 3, 2, 1, 0],
    [5, 7, 6, 5, 4, 3, 4, 3, 2, 3, 2, 1, 1, 0],
    [3, 7, 5, 4, 6, 5, 4, 3, 3, 2, 2, 1, 0],
    [5, 4, 3, 7, 6, 5, 4, 3, 2, 1, 1, 0],
    [1, 1, 7, 6, 5, 4, 3, 2, 1, 1, 0],
    [1, 1, 5, 4, 3, 3, 2, 1, 1, 0],
    [1, 1, 1, 3, 3, 2, 2, 1, 0],
    [1, 0, 1, 3, 2, 1, 1, 1],
    [1, 0, 1, 3, 2, 1, 1],
    [0, 1, 1, 2, 1, 3],
    [0, 1, 1, 1, 1],
    [0, 1, 1, 1],
    [0, 1, 1],
    [0, 1],
  ],
);
const CHROMA_DC_TOTAL_ZEROS = codes(
  [
    [1, 2, 3, 3],
    [1, 2, 2],
    [1, 1],
  ],
  [
    [1, 1, 1, 0],
    [1, 1, 0],
    [1, 0],
  ],
);
const RUN_BEFORE = codes(
  [
    [1, 1],
    [1, 2, 2],
    [2, 2, 2, 2],
    [2, 2, 2, 3, 3],
    [2, 2, 3, 3, 3, 3],
    [2, 3, 3, 3, 3, 3, 3],
    [3, 3, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  ],
  [
    [1, 0],
    [1, 1, 0],
    [3, 2, 1, 0],
    [3, 2, 1, 1, 0],
    [3, 2, 3, 2, 1, 0],
    [3, 0, 1, 3, 2, 5, 4],
    [7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  ],
);

/** The context of a 2x2 block of chroma DC coefficients, which has a table of its own. */
export const CHROMA_DC = -1;

function writeToken(out: BitWriter, total: number, ones: number, context: number): void {
  const index = total * 4 + ones;
  if (context === CHROMA_DC) {
    out.u(CHROMA_DC_TOKEN_CODES[index] as number, CHROMA_DC_TOKEN_LENGTHS[index] as number);
  } else if (context >= 8) {
    out.u(total === 0 ? 3 : ((total - 1) << 2) | ones, 6);
  } else {
    const table = context < 2 ? 0 : context < 4 ? 1 : 2;
    out.u((TOKEN_CODES[table] as number[])[index] as number, (TOKEN_LENGTHS[table] as number[])[index] as number);
  }
}

function writeLevel(out: BitWriter, code: number, suffixLength: number): void {
  if (suffixLength === 0 && code >= 14 && code < 30) {
    out.u(1, 15);
    out.u(code - 14, 4);
    return;
  }
  const escaped = suffixLength === 0 ? 30 : 15 << suffixLength;
  if (code >= escaped) {
    out.u(1, 16);
    out.u(code - escaped, 12);
  } else {
    out.u(1, (code >> suffixLength) + 1);
    out.u(code & ((1 << suffixLength) - 1), suffixLength);
  }
}

const levels = new Int32Array(16);
const runs = new Int32Array(16);

/**
 * Writes one block of quantised coefficients (9.2), already in scan order at `block[from..from + size)`.
 * `context` is nC, or `CHROMA_DC`. Returns how many coefficients are not zero.
 */
export function writeBlock(out: BitWriter, block: Int32Array, from: number, size: number, context: number): number {
  let total = 0;
  let zeros = 0;
  let run = 0;
  // From the highest frequency down, as the levels are written.
  for (let i = size - 1; i >= 0; i--) {
    const level = block[from + i] as number;
    if (level !== 0) {
      if (total > 0) runs[total - 1] = run;
      levels[total++] = level;
      run = 0;
    } else if (total > 0) {
      run++;
      zeros++;
    }
  }
  let ones = 0;
  while (ones < 3 && ones < total && Math.abs(levels[ones] as number) === 1) ones++;
  writeToken(out, total, ones, context);
  if (total === 0) return 0;
  for (let i = 0; i < ones; i++) out.u((levels[i] as number) < 0 ? 1 : 0, 1);
  let suffixLength = total > 10 && ones < 3 ? 1 : 0;
  for (let i = ones; i < total; i++) {
    const level = levels[i] as number;
    let code = level > 0 ? 2 * level - 2 : -2 * level - 1;
    if (i === ones && ones < 3) code -= 2;
    writeLevel(out, code, suffixLength);
    if (suffixLength === 0) suffixLength = 1;
    if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) suffixLength++;
  }
  if (total < size) {
    const table = (context === CHROMA_DC ? CHROMA_DC_TOTAL_ZEROS : TOTAL_ZEROS)[total - 1] as Code[];
    const { code, length } = table[zeros] as Code;
    out.u(code, length);
  }
  let left = zeros;
  for (let i = 0; i < total - 1 && left > 0; i++) {
    const { code, length } = (RUN_BEFORE[Math.min(left, 7) - 1] as Code[])[runs[i] as number] as Code;
    out.u(code, length);
    left -= runs[i] as number;
  }
  return total;
}
