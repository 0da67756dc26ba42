"use client";

import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { frameFile, frameOf, frameShown } from "@/components/frames/frame-of";
import { TROUBLE_TEXT } from "@/components/frames/frame-trouble";
import { nextPlace, placeText } from "@/components/frames/next-place";
import { pictureFields } from "@/components/frames/picture-fields";
import { useFrameRead } from "@/components/frames/use-frame-read";
import { timecodeText } from "@/components/result/duration";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import type { Model } from "@/lib/models/schema";

type Which = "first" | "shown" | "last";

const FRAMES: { which: Which; name: string; said: string }[] = [
  { which: "first", name: "First frame", said: "the first frame" },
  { which: "shown", name: "This frame", said: "this frame" },
  { which: "last", name: "Last frame", said: "the last frame" },
];

export type FrameSheetProps = {
  url: string;
  generationId: string;
  model: Model;
  video: RefObject<HTMLVideoElement | null>;
  onTake: (frame: File) => void;
};

/** The frames there are to take, and what becomes of the one that is taken. */
export function FrameSheet({ url, generationId, model, video, onTake }: FrameSheetProps) {
  const queue = useUploadQueue();
  const pictures = useMemo(() => pictureFields(model), [model]);
  const becomes = useSyncExternalStore(queue.subscribe, () => {
    const place = nextPlace(queue, pictures);
    return place ? placeText(place) : "This form has no place for a picture.";
  });
  const { reading, trouble, read } = useFrameRead<Which>();
  const [at, setAt] = useState(video.current?.currentTime ?? 0);
  useEffect(() => {
    const element = video.current;
    const look = () => setAt(element?.currentTime ?? 0);
    // It was paused a moment ago, and the keys "," and "." go on working.
    for (const name of ["pause", "seeked"]) element?.addEventListener(name, look);
    return () => {
      for (const name of ["pause", "seeked"]) element?.removeEventListener(name, look);
    };
  }, [video]);

  const take = async (which: Which) => {
    const picture = await read(which, () => (which === "shown" ? frameShown(video.current) : frameOf(url, which)));
    if (picture) onTake(frameFile(picture, which === "shown" ? "frame" : `${which}-frame`, generationId));
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: these are not the fields of a form
    <div className="framemenu__sheet" role="group" aria-label="Frames of this clip">
      <p className="framemenu__told">{becomes}</p>
      {FRAMES.map(({ which, name }) => (
        <button
          key={which}
          type="button"
          className="key key--bare"
          aria-disabled={reading !== null || undefined}
          onClick={() => take(which)}
        >
          {name}
          <span className="framemenu__time">
            {reading === which ? "Reading…" : which === "shown" && timecodeText(at)}
          </span>
        </button>
      ))}
      <p className={trouble ? "framemenu__told framemenu__trouble" : "sr-only"} aria-live="polite">
        {trouble
          ? TROUBLE_TEXT[trouble]
          : FRAMES.flatMap(({ which, said }) => (which === reading ? [`Reading ${said}`] : []))}
      </p>
    </div>
  );
}
