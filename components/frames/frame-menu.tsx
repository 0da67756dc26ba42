"use client";

import { type ComponentType, type RefObject, useEffect, useRef, useState } from "react";
import { prefetchDecoder } from "@/components/frames/frame-of";
import type { FrameSheetProps } from "@/components/frames/frame-sheet";
import { useSaid } from "@/components/frames/use-said";
import { Icon } from "@/components/ui/icon";
import type { Model } from "@/lib/models/schema";

// Nobody needs it before it is opened.
const loadSheet = () => import("@/components/frames/frame-sheet");

type Props = {
  url: string;
  generationId: string;
  model: Model;
  video: RefObject<HTMLVideoElement | null>;
  /** Puts a picture into the form. @returns what has been done, in a few words. */
  onPicture: (picture: File) => Promise<string>;
};

/** A frame of the clip as a reference picture: the first, the last, or the one on the screen. */
export function FrameMenu({ url, generationId, model, video, onPicture }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [Sheet, setSheet] = useState<ComponentType<FrameSheetProps> | null>(null);
  const [said, say] = useSaid();
  const menu = useRef<HTMLDivElement>(null);
  const key = useRef<HTMLButtonElement>(null);

  const prefetch = () => {
    prefetchDecoder();
    // Only ahead of its time: what cannot be had now is asked for again, and told, when it is opened.
    loadSheet().catch(() => {});
  };
  const open = async () => {
    // What is chosen is what stands there.
    video.current?.pause();
    say("");
    setOpen(true);
    try {
      const { FrameSheet } = await loadSheet();
      setSheet(() => FrameSheet);
    } catch {
      setOpen(false);
      say("The server does not answer");
    }
  };
  const close = () => {
    setOpen(false);
    key.current?.focus({ preventScroll: true });
  };

  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape belongs to everything inside
    <div
      ref={menu}
      className="framemenu"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.preventDefault();
        close();
      }}
    >
      <button
        ref={key}
        type="button"
        className="key key--bare"
        aria-expanded={isOpen}
        onPointerEnter={prefetch}
        onFocus={prefetch}
        onClick={isOpen ? close : open}
      >
        <Icon name={said === "" ? "picture" : "check"} />
        <span className="framemenu__word">Use a frame</span>
      </button>
      {isOpen && Sheet && (
        <Sheet
          url={url}
          generationId={generationId}
          model={model}
          video={video}
          onTake={async (frame) => {
            say(await onPicture(frame));
            close();
          }}
        />
      )}
      <span className="framemenu__said" aria-live="polite">
        {said}
      </span>
    </div>
  );
}
