import { imageSize } from "image-size";
import { quoted } from "@/components/uploads/file-check";
import type { Preparing } from "@/components/uploads/prepare-file";
import { MAX_IMAGE_PIXELS, SENT_IMAGE_SIDE_PX, UPLOAD_POLICY } from "@/lib/uploads/policy";

type How = {
  isCancelled: () => boolean;
  onProgress: (share: number) => void;
  onPicture: (picture: Blob) => void;
};

/** Sizes stand at the beginning, unless a camera has put previews before them. */
const HEAD_BYTES = 256 * 1024;
/** What a picture goes through until it is small enough. The first is for the eye no different from the original. */
const QUALITIES = [0.95, 0.9, 0.84, 0.76];
const SHRINK_BY = 0.8;
const TYPES = new Set(["jpg", "png", "webp", "gif", "avif", "heic", "heif"]);

const heicSentence = (name: string) =>
  `${name} is a HEIC photo, which this browser cannot read. Export or share it as JPEG. On an iPhone, Settings > Camera > Formats > Most Compatible takes JPEGs from now on.`;
const refuse = (message: string): Preparing => ({ ok: false, message, canRetry: false });

/**
 * A picture as it is sent: upright, without metadata, at most `SENT_IMAGE_SIDE_PX` on its long side and within the bytes of
 * the policy; a JPEG, or a PNG where it is transparent; of what moves, the first frame. Whatever hides in the file
 * beside the picture stays behind, since only its pixels leave. Runs in a worker.
 */
export async function preparePicture(file: File, { isCancelled, onProgress, onPicture }: How): Promise<Preparing> {
  const name = quoted(file.name);
  const head = await measure(file).catch(() => null);
  if (head === null) {
    return refuse(`${name} could not be read. It may have been moved or changed since you chose it: add it once more.`);
  }
  if (head === "unknown") {
    if (/\.hei[cf]$/i.test(file.name)) return refuse(heicSentence(name));
    return refuse(
      `${name} is no JPEG, PNG, WebP, GIF, AVIF or HEIC picture, or it is damaged. Export it again as JPEG.`,
    );
  }
  const megapixels = (head.width * head.height) / 1_000_000;
  if (head.width * head.height > MAX_IMAGE_PIXELS) {
    return refuse(
      `${name} has ${Math.floor(megapixels)} megapixels; up to ${MAX_IMAGE_PIXELS / 1_000_000} are taken. Export it smaller: ${SENT_IMAGE_SIDE_PX} pixels on its long side are enough.`,
    );
  }
  const isHeic = head.type.startsWith("hei");
  // The page can draw the original right away, now that its size is known.
  if (!isHeic) onPicture(file);
  onProgress(0.1);
  if (isCancelled()) return refuse("");

  const isCut = head.type === "gif" && (await lacksEnd(file));
  const bitmap = isCut ? null : await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (bitmap === null) {
    return refuse(
      isHeic
        ? heicSentence(name)
        : `${name} is damaged: its picture cannot be drawn. Export it again, or choose another.`,
    );
  }
  onProgress(0.5);
  try {
    const blob = await encode(bitmap, head.type !== "jpg", isCancelled);
    if (blob === null) return refuse("");
    if (isHeic) onPicture(blob);
    onProgress(1);
    return { ok: true, blob, name: file.name };
  } finally {
    bitmap.close();
  }
}

/** Kind and size by the file's own header, without decoding anything: a few bytes can claim gigabytes. */
async function measure(file: File): Promise<{ type: string; width: number; height: number } | "unknown"> {
  for (const end of [HEAD_BYTES, file.size]) {
    const bytes = new Uint8Array(await file.slice(0, end).arrayBuffer());
    // A moving AVIF says so in its brand, which image-size does not know; its sizes stand where they always do.
    if (bytes[11] === 0x73 && String.fromCharCode(...bytes.subarray(4, 12)) === "ftypavis") bytes[11] = 0x66;
    try {
      const { type = "", width, height } = imageSize(bytes);
      return TYPES.has(type) && width > 0 && height > 0 ? { type, width, height } : "unknown";
    } catch {
      if (bytes.length === file.size) break;
    }
  }
  return "unknown";
}

/** Of all kinds, a GIF alone is drawn as far as it goes, with the rest left clear. */
async function lacksEnd(file: File): Promise<boolean> {
  const tail = new Uint8Array(await file.slice(-1_024).arrayBuffer());
  return tail.findLast((byte) => byte !== 0) !== 0x3b;
}

async function encode(bitmap: ImageBitmap, mayBeClear: boolean, isCancelled: () => boolean): Promise<Blob | null> {
  const { maxBytes } = UPLOAD_POLICY.image;
  let share = Math.min(1, SENT_IMAGE_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  for (;;) {
    const { canvas, isClear } = draw(bitmap, share, mayBeClear);
    for (const quality of isClear ? [1] : QUALITIES) {
      if (isCancelled()) return null;
      const blob = await canvas.convertToBlob({ type: isClear ? "image/png" : "image/jpeg", quality });
      if (blob.size <= maxBytes) return blob;
    }
    share *= SHRINK_BY;
  }
}

function draw(bitmap: ImageBitmap, share: number, mayBeClear: boolean) {
  const width = Math.max(1, Math.round(bitmap.width * share));
  const height = Math.max(1, Math.round(bitmap.height * share));
  const canvas = new OffscreenCanvas(width, height);
  // In memory, not on the graphics card: it is read back at once, and a card's limits are its own.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("There is no memory for a canvas.");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const isClear = mayBeClear && hasClearPixels(context.getImageData(0, 0, width, height).data);
  return { canvas, isClear };
}

function hasClearPixels(pixels: Uint8ClampedArray): boolean {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return true;
  return false;
}
