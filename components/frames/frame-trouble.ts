/** Why a picture could not be had: the file is gone for good, did not come this time, or cannot be decoded here. */
export type FrameTrouble = "gone" | "away" | "unreadable";

export type FrameRead = { ok: true; picture: Blob } | { ok: false; trouble: FrameTrouble };

/** What the last answer means; null when there was none. */
export function troubleOf(status: number | null): FrameTrouble {
  if (status === 410 || status === 404) return "gone";
  return status !== null && status < 400 ? "unreadable" : "away";
}

export const TROUBLE_TEXT: Record<FrameTrouble, string> = {
  gone: "The link to this clip has expired, so its frames cannot be read. “Generate again” makes a new clip.",
  away: "The clip did not arrive here, so nothing was changed. Try again in a moment.",
  unreadable: "This browser cannot read the frames of this clip. Download it, take a still and add that instead.",
};
