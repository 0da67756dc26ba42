"use client";

import { useEffect, useState } from "react";
import { posterOf } from "@/components/history/poster";
import type { Generation } from "@/lib/generations/schema";

/** The small picture of something finished: the image itself, or a still of the clip. */
export function Still({ output }: { output: Generation["outputs"][number] }) {
  const [poster, setPoster] = useState<string | null>(output.kind === "image" ? output.url : null);
  useEffect(() => {
    if (output.kind === "image") return;
    let isGone = false;
    posterOf(output.url).then((url) => {
      if (!isGone) setPoster(url);
    });
    return () => {
      isGone = true;
    };
  }, [output.kind, output.url]);
  // biome-ignore lint/performance/noImgElement: drawn in this browser or served by our own route, at its own size
  return poster && <img src={poster} alt="" />;
}
