import type { Keep } from "@/lib/generations/schema";

type Why = Extract<Keep, { state: "link" }>["why"];

const SHORT: Record<Why, string> = {
  full: "disk full",
  dropped: "copy dropped",
  failed: "copy failed",
  too_large: "too large",
};

const LONG: Record<Why, string> = {
  full: "The disk of this playground is full, so there is no copy yet; it is tried again by itself.",
  dropped: "This playground made room for newer clips, and its copy of this one is gone.",
  failed: "It could not be copied to this playground.",
  too_large: "It is larger than what this playground keeps.",
};

/** The name of the cell that says whether the file is kept: where there is no copy, it says why not in two words. */
export const fileLabel = (keep: Keep): string => (keep.state === "link" ? `File: ${SHORT[keep.why]}` : "File");

/** Why there is no copy, in a sentence. */
export const whyText = (why: Why): string => LONG[why];
