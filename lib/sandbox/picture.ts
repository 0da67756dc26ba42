import "server-only";
import sharp from "sharp";
import type { Planes } from "@/lib/sandbox/intra";

/** Red, green and blue, 8 bits each, row by row. */
export type Picture = { width: number; height: number; rgb: Uint8Array };

export async function decodePicture(input: Buffer, width: number, height: number): Promise<Picture> {
  const { data } = await sharp(input, { limitInputPixels: 100_000_000, failOn: "none" })
    .rotate()
    .resize(width, height, { fit: "cover" })
    .flatten({ background: "#111" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, rgb: data };
}

/** Empty planes for a picture of this size, in whole macroblocks. */
export function emptyPlanes(width: number, height: number): Planes {
  const [mbWidth, mbHeight] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const size = mbWidth * mbHeight * 256;
  return {
    mbWidth,
    mbHeight,
    y: new Uint8Array(size),
    u: new Uint8Array(size >> 2),
    v: new Uint8Array(size >> 2),
  };
}

/** BT.709, limited range, as the encoder's parameter sets say. The rim of the last macroblocks repeats the edge. */
export function toPlanes({ width, height, rgb }: Picture): Planes {
  const planes = emptyPlanes(width, height);
  const stride = planes.mbWidth * 16;
  const rows = planes.mbHeight * 16;
  const half = stride >> 1;
  const { y, u, v } = planes;
  for (let row = 0; row < rows; row++) {
    const from = Math.min(row, height - 1) * width;
    for (let column = 0; column < stride; column++) {
      const i = (from + (column < width ? column : width - 1)) * 3;
      const r = rgb[i] as number;
      const g = rgb[i + 1] as number;
      const b = rgb[i + 2] as number;
      y[row * stride + column] = (4096 * 16 + 748 * r + 2516 * g + 254 * b + 2048) >> 12;
    }
  }
  for (let row = 0; row < rows >> 1; row++) {
    const top = Math.min(row * 2, height - 1) * width;
    const bottom = Math.min(row * 2 + 1, height - 1) * width;
    for (let column = 0; column < half; column++) {
      const left = Math.min(column * 2, width - 1);
      const right = Math.min(column * 2 + 1, width - 1);
      const [a, b, c, d] = [(top + left) * 3, (top + right) * 3, (bottom + left) * 3, (bottom + right) * 3];
      const red = (rgb[a] as number) + (rgb[b] as number) + (rgb[c] as number) + (rgb[d] as number);
      const green = (rgb[a + 1] as number) + (rgb[b + 1] as number) + (rgb[c + 1] as number) + (rgb[d + 1] as number);
      const blue = (rgb[a + 2] as number) + (rgb[b + 2] as number) + (rgb[c + 2] as number) + (rgb[d + 2] as number);
      u[row * half + column] = (4096 * 4 * 128 - 412 * red - 1387 * green + 1799 * blue + 8192) >> 14;
      v[row * half + column] = (4096 * 4 * 128 + 1799 * red - 1634 * green - 165 * blue + 8192) >> 14;
    }
  }
  return planes;
}
