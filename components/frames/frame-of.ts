import type { FrameRead } from "@/components/frames/frame-trouble";

// 100 KB that most visits never need. Behind a file of ours, since only what that names is bundled.
const loadDecoder = () => import("@/components/frames/decode-frame");

/** Loads what decodes frames, because somebody is about to ask for one. */
export function prefetchDecoder(): void {
  // Nobody waits for it yet. Whoever then asks for a frame is told what went wrong.
  loadDecoder().catch(() => {});
}

/** The very first or the very last frame of a clip. */
export async function frameOf(url: string, which: "first" | "last"): Promise<FrameRead> {
  try {
    return await (await loadDecoder()).decodeFrame(url, which);
  } catch {
    return { ok: false, trouble: "away" };
  }
}

/** The picture that a player shows, which is paused. */
export async function frameShown(video: HTMLVideoElement | null): Promise<FrameRead> {
  try {
    const { frameOnScreen } = await import("@/components/frames/video-frame");
    const picture = video && (await frameOnScreen(video));
    if (picture) return { ok: true, picture };
  } catch {
    // A chunk that did not come, or a seek that never ended.
  }
  return { ok: false, trouble: "away" };
}

/** An output that is a picture already. */
export async function imageOf(url: string): Promise<FrameRead> {
  try {
    return await (await loadDecoder()).readImage(url);
  } catch {
    return { ok: false, trouble: "away" };
  }
}

const SHORT_ID_CHARS = 6;

/** A frame as a file: "last-frame-1a2b3c.png". */
export function frameFile(picture: Blob, what: string, generationId: string): File {
  const ending = picture.type.replace(/^image\//, "").replace("jpeg", "jpg");
  return new File([picture], `${what}-${generationId.slice(0, SHORT_ID_CHARS)}.${ending}`, { type: picture.type });
}
