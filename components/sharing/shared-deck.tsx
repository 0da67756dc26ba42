"use client";

import { type ReactNode, useRef, useState } from "react";
import { DownloadKey } from "@/components/result/download-key";
import { pressShortcut } from "@/components/result/press-shortcut";
import { VideoDeck } from "@/components/result/video-deck";
import type { OutputKind } from "@/lib/generations/schema";

type Props = { output: { kind: OutputKind; url: string }; alt: string; children: ReactNode };

/** The clip with its transport, or the picture, and under it what is known of it. */
export function SharedDeck({ output, alt, children }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, say] = useState("");
  const receipt = (
    <div className="receipt">
      {children}
      <p
        className={trouble ? "receipt__told" : "sr-only"}
        data-trouble={trouble !== "" || undefined}
        aria-live="polite"
      >
        {trouble}
      </p>
      <div className="acts">
        <DownloadKey url={output.url} isKept={false} say={say} />
      </div>
    </div>
  );
  if (output.kind === "video") {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to everything inside; each has its own button too
      <div onKeyDown={pressShortcut}>
        <VideoDeck url={output.url} video={video} tools={null} receipt={receipt} isAlone />
      </div>
    );
  }
  return (
    <div className="deck">
      <div className="frame">
        {/* biome-ignore lint/performance/noImgElement: it comes from our own route, at the size it was made */}
        <img src={output.url} alt={alt} />
      </div>
      <div className="under">{receipt}</div>
    </div>
  );
}
