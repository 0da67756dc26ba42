import "server-only";
import { open } from "node:fs/promises";
import sharp from "sharp";
import { judgeType } from "@/lib/outputs/policy";
import { judgeClip } from "@/lib/uploads/clip";
import { tooLarge, UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { createTurns } from "@/lib/uploads/limits";
import { kindOfMime, MAX_IMAGE_PIXELS, UPLOAD_POLICY } from "@/lib/uploads/policy";
import type { Judged, UploadKind } from "@/lib/uploads/schema";

/** How much of a file's start is needed to tell its kind. */
export const SNIFF_BYTES = 64;

const DECODE_TIMEOUT_SECONDS = 15;
// A picture of 50 megapixels takes a core for a second; a crowd must not take them all.
const inTurn = createTurns(2);

/** The kind that a file's first bytes announce. @throws {UploadError} `wrong_type` for what is never taken */
export function sniffKind(start: Uint8Array): UploadKind {
  const kind = kindOfMime(judgeType(start));
  if (!kind) throw new UploadError(uploadRefusal("wrong_type"));
  return kind;
}

/**
 * Reads a whole file and says what it is. Its name and what was announced about it count for nothing. The same judgement
 * is made of what lies at UploadThing. @throws {UploadError} for what is not taken: wrong, broken, cut, too large
 */
export async function judgeFile(file: string): Promise<Judged> {
  const { start, size } = await readStart(file);
  if (size === 0) throw new UploadError(uploadRefusal("empty"));
  const kind = sniffKind(start);
  if (size > UPLOAD_POLICY[kind].maxBytes) throw new UploadError(tooLarge(kind, size));
  const judged = await (kind === "image" ? inTurn(() => judgeImage(file)) : judgeClip(file));
  // An MP4 can turn out to be sound alone, and then has the smaller limit.
  if (size > UPLOAD_POLICY[judged.kind].maxBytes) throw new UploadError(tooLarge(judged.kind, size));
  return judged;
}

async function readStart(file: string): Promise<{ start: Uint8Array; size: number }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = new Uint8Array(Math.min(size, SNIFF_BYTES));
    await handle.read(start, 0, start.length, 0);
    return { start, size };
  } finally {
    await handle.close();
  }
}

const broken = () => new UploadError(uploadRefusal("broken"));

async function judgeImage(file: string): Promise<Judged> {
  // The header first, and nothing else of it: it says whether the rest may be unpacked.
  const header = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (!header?.width || !header.height) throw broken();
  if (header.width * header.height > MAX_IMAGE_PIXELS) throw new UploadError(uploadRefusal("too_many_pixels"));
  try {
    // Every row is decoded for this, which is what finds a file that ends too early.
    await sharp(file, { limitInputPixels: MAX_IMAGE_PIXELS, failOn: "error", sequentialRead: true })
      .resize({ width: 16, height: 16, fit: "fill", fastShrinkOnLoad: false })
      .timeout({ seconds: DECODE_TIMEOUT_SECONDS })
      .raw()
      .toBuffer();
  } catch {
    throw broken();
  }
  const { width, height } = header.autoOrient;
  return { kind: "image", mime: `image/${header.format}`, width, height, durationMs: null };
}
