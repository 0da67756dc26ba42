import type { VideoSample } from "mediabunny";
import { drawPng, frameByPlayer } from "@/components/frames/video-frame";

/** Why a picture could not be had: the file is gone for good, did not come this time, or cannot be decoded here. */
export type FrameTrouble = "gone" | "away" | "unreadable";

export type FrameRead = { ok: true; picture: Blob } | { ok: false; trouble: FrameTrouble };

const MAX_RETRIES = 2;
const RETRY_AFTER_SECONDS = 0.4;

// Most visits never need it, and it is a quarter of what the page may weigh.
const loadDecoder = () => import("mediabunny");

/** Loads what decodes frames, because somebody is about to ask for one. */
export function prefetchDecoder(): void {
  loadDecoder().catch(() => {});
}

const read = (picture: Blob | null): FrameRead =>
  picture ? { ok: true, picture } : { ok: false, trouble: "unreadable" };

/**
 * The very first or the very last frame of a clip, as a PNG of its own size. Only the parts of the file that are needed
 * are asked for; the last frame is the last one that decodes, whatever the file says about how long it is.
 */
export async function frameOf(url: string, which: "first" | "last"): Promise<FrameRead> {
  let status: number | null = null;
  let retries = 0;
  try {
    const { EncodedPacketSink, Input, MP4, QTFF, UrlSource, VideoSampleSink, WEBM } = await loadDecoder();
    const source = new UrlSource(url, {
      // Left to itself it would never give up.
      getRetryDelay: () => (retries++ < MAX_RETRIES ? RETRY_AFTER_SECONDS : null),
      fetchFn: async (...request) => {
        status = null;
        const answer = await fetch(...request);
        status = answer.status;
        return answer;
      },
    });
    const input = new Input({ formats: [MP4, QTFF, WEBM], source });
    try {
      const track = await input.getPrimaryVideoTrack();
      // A browser may play what it decodes for nobody else: without a secure context there is no decoder at all.
      if (!track || !("VideoDecoder" in window) || !(await track.canDecode())) {
        return read(await frameByPlayer(url, which));
      }
      const key = which === "last" ? await new EncodedPacketSink(track).getKeyPacket(Number.MAX_VALUE) : null;
      let found: VideoSample | null = null;
      try {
        for await (const sample of new VideoSampleSink(track).samples(key?.timestamp)) {
          found?.close();
          found = sample;
          if (which === "first") break;
        }
      } catch (error) {
        // A clip that is damaged at its end has a last frame all the same; one that has not come whole yet has none.
        if (!found || status === null) throw error;
      }
      if (!found) return read(null);
      const frame = found;
      const png = drawPng(frame.displayWidth, frame.displayHeight, (context) => frame.draw(context, 0, 0));
      frame.close();
      return read(await png);
    } finally {
      input.dispose();
    }
  } catch {
    return { ok: false, trouble: troubleOf(status) };
  }
}

/** An output that is a picture already. */
export async function imageOf(url: string): Promise<FrameRead> {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return { ok: false, trouble: troubleOf(answer?.status ?? null) };
  const picture = await answer.blob().catch(() => null);
  return picture ? { ok: true, picture } : { ok: false, trouble: "away" };
}

/** What the last answer means; null when there was none. */
export function troubleOf(status: number | null): FrameTrouble {
  if (status === 410 || status === 404) return "gone";
  return status !== null && status < 400 ? "unreadable" : "away";
}

export const TROUBLE_TEXT: Record<FrameTrouble, string> = {
  gone: "The link to this clip has expired, so its frames cannot be read. Nothing was changed.",
  away: "The clip did not arrive here, so nothing was changed. Try again in a moment.",
  unreadable: "This browser cannot read the frames of this clip. Download it, take a still and add that instead.",
};

const SHORT_ID_CHARS = 6;

/** What a frame is called as a file: "last-frame-1a2b3c.png". */
export function frameName(what: string, generationId: string, type: string): string {
  const ending = type.replace(/^image\//, "").replace("jpeg", "jpg");
  return `${what}-${generationId.slice(0, SHORT_ID_CHARS)}.${ending}`;
}
