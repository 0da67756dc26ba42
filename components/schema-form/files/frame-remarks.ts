import { SMALL_IMAGE_SIDE_PX } from "@/lib/uploads/policy";

/** How large a picture is. Of one that was shrunk on its way here only the shape is known. */
export type Measured = { width: number; height: number; isShrunk: boolean };

/** What is worth knowing about a picture before a clip is paid for. `cropTo` is the shape that would mend it. */
export type FrameRemark = { place: number; sentence: string; cropTo: number | null };

const RATIO_TOLERANCE = 0.02;
const NAMED_RATIOS = "1:1 5:4 4:3 3:2 16:10 16:9 2:1 21:9".split(" ").map((name) => {
  const [width = 1, height = 1] = name.split(":").map(Number);
  return { width, height };
});

const isSame = (a: number, b: number) => Math.abs(a / b - 1) <= RATIO_TOLERANCE;

/** "16:9", "3:4"; for a shape without a name "1.27:1". */
export function ratioName(ratio: number): string {
  for (const { width, height } of NAMED_RATIOS) {
    if (Math.abs(ratio / (width / height) - 1) <= RATIO_TOLERANCE / 2) return `${width}:${height}`;
    if (Math.abs(ratio / (height / width) - 1) <= RATIO_TOLERANCE / 2) return `${height}:${width}`;
  }
  return ratio >= 1 ? `${ratio.toFixed(2)}:1` : `1:${(1 / ratio).toFixed(2)}`;
}

/**
 * Warnings, never errors: a clip that goes from one shape to another loses the edges of the second, and a tiny picture
 * makes a soft one. `pictures` are those of a field in their order, null where nothing is known.
 */
export function frameRemarks(
  pictures: (Measured | null)[],
  isPair: boolean,
  roleOf: (place: number) => string,
): FrameRemark[] {
  const remarks: FrameRemark[] = [];
  const [first, last] = pictures;
  if (isPair && first && last) {
    const [from, to] = [first.width / first.height, last.width / last.height];
    if (!isSame(from, to)) {
      const [a, b] = [ratioName(from), ratioName(to)];
      const shapes = a === b ? "a little in shape" : `in shape: ${a} and ${b}`;
      remarks.push({ place: 1, sentence: `The frames differ ${shapes}.`, cropTo: from });
    }
  }
  for (const [place, picture] of pictures.entries()) {
    if (!picture) continue;
    const short = Math.min(picture.width, picture.height);
    if (picture.isShrunk || short >= SMALL_IMAGE_SIDE_PX) continue;
    const sentence = `${roleOf(place)} is only ${picture.width} × ${picture.height} px: the clip may look soft.`;
    remarks.push({ place, sentence, cropTo: null });
  }
  return remarks;
}
