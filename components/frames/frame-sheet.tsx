"use client";

import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type FrameTrouble, TROUBLE_TEXT } from "@/components/frames/frame-of";
import { nextPlace, placeText } from "@/components/frames/next-place";
import { pictureFields } from "@/components/frames/picture-fields";
import { timecodeText } from "@/components/result/duration";
import { useUploadQueue } from "@/components/uploads/uploads-provider";
import type { Model } from "@/lib/models/schema";

/** "shown" is the one on the screen. */
export type WhichFrame = "first" | "shown" | "last";

const NAMES: Record<WhichFrame, string> = { first: "First frame", shown: "This frame", last: "Last frame" };

type Props = {
  model: Model;
  video: RefObject<HTMLVideoElement | null>;
  reading: WhichFrame | null;
  trouble: FrameTrouble | null;
  onTake: (which: WhichFrame) => void;
};

/** The frames there are to take, and what becomes of the one that is taken. */
export function FrameSheet({ model, video, reading, trouble, onTake }: Props) {
  const queue = useUploadQueue();
  const pictures = useMemo(() => pictureFields(model), [model]);
  const becomes = useSyncExternalStore(queue.subscribe, () => {
    const place = nextPlace(queue, pictures);
    return place ? placeText(place) : "This form has no place for a picture.";
  });
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

  const times: Record<WhichFrame, string | null> = { first: null, shown: timecodeText(at), last: null };
  return (
    // biome-ignore lint/a11y/useSemanticElements: these are not the fields of a form
    <div className="framemenu__sheet" role="group" aria-label="Frames of this clip">
      <p className="framemenu__told">{becomes}</p>
      {(["first", "shown", "last"] as const).map((which) => (
        <button
          key={which}
          type="button"
          className="key key--bare"
          aria-disabled={reading !== null || undefined}
          onClick={() => onTake(which)}
        >
          {NAMES[which]}
          <span className="framemenu__time">{reading === which ? "Reading…" : times[which]}</span>
        </button>
      ))}
      <p className={trouble ? "framemenu__told framemenu__trouble" : "sr-only"} aria-live="polite">
        {trouble
          ? TROUBLE_TEXT[trouble]
          : reading && `Reading the ${NAMES[reading].replace("This", "shown").toLowerCase()}`}
      </p>
    </div>
  );
}
