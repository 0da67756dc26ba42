import "server-only";
import sharp from "sharp";
import type { Pause } from "@/lib/sandbox/film";
import type { Planes } from "@/lib/sandbox/intra";

const ROWS_BETWEEN_PAUSES = 32;
const SCENE_RATIO = 16 / 9;

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
export async function toPlanes({ width, height, rgb }: Picture, pause: Pause): Promise<Planes> {
  const planes = emptyPlanes(width, height);
  const stride = planes.mbWidth * 16;
  const rows = planes.mbHeight * 16;
  const half = stride >> 1;
  const { y, u, v } = planes;
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_BETWEEN_PAUSES === 0) await pause();
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
    if (row % ROWS_BETWEEN_PAUSES === 0) await pause();
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

/** Two pictures of one size over each other: `share` 0 is the first alone, 1 the second. */
export async function mix(first: Planes, second: Planes, share: number, pause: Pause): Promise<Planes> {
  const weight = Math.round(share * 256);
  const blend = (a: Uint8Array, b: Uint8Array) => {
    const out = new Uint8Array(a.length);
    for (let i = 0; i < out.length; i++) {
      out[i] = ((a[i] as number) * (256 - weight) + (b[i] as number) * weight + 128) >> 8;
    }
    return out;
  };
  const y = blend(first.y, second.y);
  await pause();
  return { ...first, y, u: blend(first.u, second.u), v: blend(first.v, second.v) };
}

type Size = { width: number; height: number; zoom: number };

/**
 * A scene's 16:9 picture cut to another frame around its focus, `zoom` times the frame's size. Every other variant is
 * mirrored, and each has a tint of its own. The functions tell where a place of the scene is in the frame.
 */
export async function cropScene(
  file: Buffer,
  { focus }: { focus: [number, number] },
  variant: number,
  { width, height, zoom }: Size,
) {
  const isMirrored = (variant >> 3) % 2 === 1;
  const ratio = width / height;
  const across = Math.min(1, ratio / SCENE_RATIO);
  const down = Math.min(1, SCENE_RATIO / ratio);
  const start = (at: number, part: number) => Math.min(1 - part, Math.max(0, at - part / 2));
  const focusX = isMirrored ? 1 - focus[0] : focus[0];
  const [left, top] = [start(focusX, across), start(focus[1], down)];
  const drawn = sharp(file);
  const full = await drawn.metadata();
  const picture = await drawn
    // Cutting comes before mirroring, in whatever order they are asked for.
    .extract({
      left: Math.round((isMirrored ? 1 - left - across : left) * full.width),
      top: Math.round(top * full.height),
      width: Math.round(across * full.width),
      height: Math.round(down * full.height),
    })
    .resize(Math.round(width * zoom), Math.round(height * zoom), { fit: "fill" })
    .flop(isMirrored)
    .modulate({ hue: ((variant >> 5) % 21) - 10, saturation: 0.94 + ((variant >> 11) % 13) / 100 })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    picture: { width: picture.info.width, height: picture.info.height, rgb: picture.data },
    isMirrored,
    /** How much larger the scene is in this frame than in a 16:9 frame of the same height. */
    scale: 1 / down,
    toFrame: ([x, y]: [number, number]): [number, number] => [
      ((isMirrored ? 1 - x : x) - left) / across,
      (y - top) / down,
    ],
    sizeToFrame: ([x, y]: [number, number]): [number, number] => [x / across, y / down],
  };
}
