import "server-only";
import sharp from "sharp";
import type { UploadRow } from "@/lib/db/schema";
import { GuardError, type GuardErrorCode, guardedFetch } from "@/lib/guard/guard";
import { answer, RETRY_AFTER_SECONDS, refuse } from "@/lib/http";
import { log } from "@/lib/log";
import { judgeType } from "@/lib/outputs/policy";
import { isUnavailable } from "@/lib/unavailable";
import { UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { createTurns } from "@/lib/uploads/limits";
import { MAX_IMAGE_PIXELS, UPLOAD_REFUSALS } from "@/lib/uploads/policy";
import { MissingFileError, openUpload, readUpload } from "@/lib/uploads/service";

const MAX_PICTURE_BYTES = 10 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 5_000;
const DRAW_TIMEOUT_SECONDS = 5;
const PREVIEW_SIDE_PX = 512;
const JPEG_QUALITY = 82;
// Each holds a picture of up to 50 megapixels in memory; a page asks for two.
const MAX_AT_ONCE = 8;

type SmallPicture = { type: "image/jpeg" | "image/png"; bytes: Buffer };

export type Preview =
  | ({ ok: true } & SmallPicture)
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
// Thumbnails of one's own are waited for: a page of earlier uploads asks for two dozen at once.
const inTurn = createTurns(2);

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
    return { ok: true, ...(await shrink(body)) };
  } catch (error) {
    if (error instanceof GuardError) return refusal(STATUS_OF[error.code], error.message);
    if (!(error instanceof NoPictureError)) throw error;
    return refusal(422, "The picture at this address is broken or has more than 50 megapixels.");
  } finally {
    running--;
  }
}

class NoPictureError extends Error {}

async function shrink(body: Buffer): Promise<SmallPicture> {
  try {
    const picture = sharp(body, { limitInputPixels: MAX_IMAGE_PIXELS, failOn: "error" })
      .autoOrient()
      .resize({ width: PREVIEW_SIDE_PX, height: PREVIEW_SIDE_PX, fit: "inside", withoutEnlargement: true })
      .timeout({ seconds: DRAW_TIMEOUT_SECONDS });
    const { hasAlpha } = await picture.metadata();
    const bytes = await (hasAlpha ? picture.png() : picture.jpeg({ quality: JPEG_QUALITY })).toBuffer();
    return { type: hasAlpha ? "image/png" : "image/jpeg", bytes };
  } catch (error) {
    // sharp throws plain errors for what is broken, too large in pixels, or too slow: all of them the picture's fault.
    throw new NoPictureError("No picture", { cause: error });
  }
}

/** An upload's file for its own visitor, with Range; `?thumb` is a small copy of a picture. 404 for what is not there. */
export async function serveUpload(row: UploadRow, request: Request): Promise<Response> {
  const isThumb = new URL(request.url).searchParams.has("thumb");
  if (isThumb && row.kind !== "image") return refuse("not_found");
  try {
    const served = isThumb ? await serveThumb(row, request) : await openUpload(row, request);
    return harmless(served);
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    if (error instanceof MissingFileError) return refuse("not_found");
    log.warn({ event: "upload_not_served", err: error });
    return refuse("unavailable");
  }
}

/** A file for MindVideo, which shows a signed address in place of a cookie. Nothing on the way may keep it. */
export async function serveSigned(row: UploadRow, request: Request): Promise<Response> {
  try {
    const served = harmless(await openUpload(row, request));
    served.headers.set("cache-control", "private, no-store");
    return served;
  } catch (error) {
    if (error instanceof MissingFileError) return refuse("not_found");
    log.warn({ event: "upload_not_served", err: error });
    return refuse("unavailable");
  }
}

async function serveThumb(row: UploadRow, request: Request): Promise<Response> {
  const etag = `"${row.sha256}-thumb"`;
  const headers = { etag, "cache-control": "private, max-age=31536000, immutable" };
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  const { type, bytes } = await inTurn(async () => shrink(await readUpload(row)));
  const body = request.method === "HEAD" ? null : new Uint8Array(bytes);
  return new Response(body, {
    headers: { ...headers, "content-type": type, "content-length": String(bytes.byteLength) },
  });
}

/** Whatever else a file can be read as, opened by itself it may not run or load anything, and no other site may show it. */
function harmless(served: Response): Response {
  served.headers.set("x-content-type-options", "nosniff");
  served.headers.set("content-security-policy", "sandbox; default-src 'none'");
  served.headers.set("cross-origin-resource-policy", "same-origin");
  return served;
}

/** A refused upload as our routes tell it. What nobody foresaw is logged, and told as something to try again. */
export function answerRefusal(reason: unknown): Response {
  if (!(reason instanceof UploadError || isUnavailable(reason))) log.error({ event: "upload_failed", err: reason });
  const refusal = reason instanceof UploadError ? reason.refusal : uploadRefusal("unavailable");
  const answered = answer({ error: refusal }, UPLOAD_REFUSALS[refusal.code][0]);
  if (refusal.code === "unavailable") answered.headers.set("Retry-After", String(RETRY_AFTER_SECONDS));
  return answered;
}
