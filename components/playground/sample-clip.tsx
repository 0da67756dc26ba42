"use client";

import { useEffect, useRef } from "react";
import type { FirstClip } from "@/components/playground/examples";

/** The sample on the stage: it plays without sound, unless the visitor asked for less motion. */
export function SampleClip({ clip }: { clip: FirstClip }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    element.muted = true;
    // A browser may refuse to start a clip by itself: then its still stands there.
    element.play().catch(() => {});
  }, []);
  return (
    <div className="hello__pic">
      {/* A poster would be fetched late; as a picture of its own it is the first large thing on the page. */}
      {/* biome-ignore lint/performance/noImgElement: a static file at its own size */}
      <img src={clip.still} alt="" fetchPriority="high" />
      <video ref={video} src={clip.video} aria-label="Sample clip" muted loop playsInline preload="none" />
    </div>
  );
}
