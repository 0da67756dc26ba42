"use client";

import { useState } from "react";
import { Waveform } from "@/components/schema-form/files/waveform";
import { Icon } from "@/components/ui/icon";
import type { UploadKind } from "@/lib/uploads/schema";

type Props = {
  kind: UploadKind;
  /** Null while there is nothing to show. */
  src: string | null;
  alt: string;
  /** The same for the same file, for what has no picture of its own. */
  seed: string;
  onMeasure: (src: string, size: { width: number; height: number }) => void;
  onLength: (milliseconds: number) => void;
};

/** What a file looks like: the picture, a video's first frame, or a drawing that stands for a sound. */
export function TilePicture({ kind, src, alt, seed, onMeasure, onLength }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  if (kind === "audio") {
    return (
      <>
        <Waveform seed={seed} />
        {src !== null && (
          // biome-ignore lint/a11y/useMediaCaption: it is never heard, only measured
          <audio
            src={src}
            preload="metadata"
            className="hidden"
            onLoadedMetadata={({ currentTarget }) => onLength(currentTarget.duration * 1_000)}
          />
        )}
      </>
    );
  }
  if (src === null || src === broken) {
    return (
      <span className="tile__none">
        <Icon name={kind === "video" ? "play" : "picture"} />
        {src !== null && (kind === "video" ? "No preview" : "No picture found here")}
      </span>
    );
  }
  if (kind === "video") {
    return (
      // The time asks the browser for that frame: a bare first one is often black.
      <video
        src={`${src}#t=0.1`}
        preload="metadata"
        muted
        playsInline
        tabIndex={-1}
        aria-label={alt}
        onLoadedMetadata={({ currentTarget }) => onLength(currentTarget.duration * 1_000)}
        onError={() => setBroken(src)}
      />
    );
  }
  return (
    // biome-ignore lint/performance/noImgElement: a file of this device, or one our own route has shrunk already
    <img
      src={src}
      alt={alt}
      draggable={false}
      onLoad={({ currentTarget }) =>
        onMeasure(src, { width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
      }
      onError={() => setBroken(src)}
    />
  );
}
