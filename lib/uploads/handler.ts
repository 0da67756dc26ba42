import "server-only";
import sharp from "sharp";
import { GuardError, type GuardErrorCode, guardedFetch } from "@/lib/guard/guard";
import { judgeType } from "@/lib/outputs/policy";

const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const MAX_PICTURE_PIXELS = 50_000_000;
const FETCH_TIMEOUT_MS = 5_000;
const DRAW_TIMEOUT_SECONDS = 5;
const PREVIEW_SIDE_PX = 512;
const JPEG_QUALITY = 82;
// Each holds a picture of up to 50 megapixels in memory; a page asks for two.
const MAX_AT_ONCE = 8;

export type Preview =
  | { ok: true; type: "image/jpeg" | "image/png"; bytes: Buffer }
  /** `status` is the HTTP status that says it best, `message` a sentence for the person who gave the address. */
  | { ok: false; status: number; message: string };

const refusal = (status: number, message: string): Preview => ({ ok: false, status, message });

const STATUS_OF: Record<GuardErrorCode, number> = {
  bad_url: 400,
  not_https: 400,
  private_address: 400,
  too_large: 413,
  timeout: 504,
  network: 502,
  bad_answer: 502,
  too_many_redirects: 502,
};

let running = 0;

/**
 * A small upright copy of a picture at an address a visitor typed (512 px at most, JPEG, or PNG where it is
 * transparent), so that the page itself loads nothing from strangers. Its metadata is left behind. `allowOrigins` are the
 * guard's. What cannot be shown is a returned refusal; nothing is thrown for what stands at the address.
 */
export async function previewPicture(address: string, allowOrigins: readonly string[]): Promise<Preview> {
  if (running >= MAX_AT_ONCE) return refusal(503, "Too many pictures are being loaded. Try again in a moment.");
  running++;
  try {
    const { status, body } = await guardedFetch(address, {
      maxBytes: MAX_PICTURE_BYTES,
      timeoutMs: FETCH_TIMEOUT_MS,
      allowOrigins,
    });
    if (status !== 200) return refusal(502, `The server at this address answered with status ${status}.`);
    // Also keeps SVG and whatever else sharp reads away from it: those can name other files.
    if (!judgeType(body).startsWith("image/")) {
      return refusal(422, "There is no JPEG, PNG, WebP, GIF or AVIF picture at this address.");
    }
    return await shrink(body);
  } catch (error) {
    if (error instanceof GuardError) return refusal(STATUS_OF[error.code], error.message);
    throw error;
  } finally {
    running--;
  }
}

async function shrink(body: Buffer): Promise<Preview> {
  try {
    const picture = sharp(body, { limitInputPixels: MAX_PICTURE_PIXELS, failOn: "error" })
      .autoOrient()
      .resize({ width: PREVIEW_SIDE_PX, height: PREVIEW_SIDE_PX, fit: "inside", withoutEnlargement: true })
      .timeout({ seconds: DRAW_TIMEOUT_SECONDS });
    const { hasAlpha } = await picture.metadata();
    const bytes = await (hasAlpha ? picture.png() : picture.jpeg({ quality: JPEG_QUALITY })).toBuffer();
    return { ok: true, type: hasAlpha ? "image/png" : "image/jpeg", bytes };
  } catch {
    // sharp throws plain errors for what is broken, too large in pixels, or too slow: all of them the picture's fault.
    return refusal(422, "The picture at this address is broken or has more than 50 megapixels.");
  }
}
