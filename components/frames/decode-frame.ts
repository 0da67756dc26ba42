import { EncodedPacketSink, Input, MP4, QTFF, UrlSource, type VideoSample, VideoSampleSink } from "mediabunny";
import { type FrameRead, troubleOf } from "@/components/frames/frame-trouble";
import { drawPng, frameByPlayer } from "@/components/frames/video-frame";

const MAX_RETRIES = 2;
const RETRY_AFTER_SECONDS = 0.4;
const GIVE_UP_MS = 60_000;

const read = (picture: Blob | null): FrameRead =>
  picture ? { ok: true, picture } : { ok: false, trouble: "unreadable" };

/**
 * The very first or the very last frame of a clip, as a PNG of its own size. Only the parts of the file that are needed
 * are asked for; the last frame is the last one that decodes, whatever the file says about how long it is.
 */
export async function decodeFrame(url: string, which: "first" | "last"): Promise<FrameRead> {
  let status: number | null = null;
  let retries = 0;
  try {
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
    const input = new Input({ formats: [MP4, QTFF], source });
    const timer = setTimeout(() => {
      status = null;
      input.dispose();
    }, GIVE_UP_MS);
    try {
      const track = await input.getPrimaryVideoTrack();
      // Without a secure context there is no decoder.
      if (!track || !("VideoDecoder" in window) || !(await track.canDecode())) throw new Error("No decoder");
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
      if (!found) throw new Error("No frame");
      const frame = found;
      const png = drawPng(frame.displayWidth, frame.displayHeight, (context) => frame.draw(context, 0, 0));
      frame.close();
      return read(await png);
    } finally {
      clearTimeout(timer);
      input.dispose();
    }
  } catch {
    const trouble = troubleOf(status);
    if (trouble !== "unreadable") return { ok: false, trouble };
    // The browser itself may play what it, or we, cannot decode: another container, another codec.
    return read(await frameByPlayer(url, which).catch(() => null));
  }
}

/** An output that is a picture already. */
export async function readImage(url: string): Promise<FrameRead> {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) return { ok: false, trouble: troubleOf(answer?.status ?? null) };
  const picture = await answer.blob().catch(() => null);
  return picture ? { ok: true, picture } : { ok: false, trouble: "away" };
}
