"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import { type FrameRead, frameName, frameOf, prefetchDecoder } from "@/components/frames/frame-of";
import { FrameSheet, type WhichFrame } from "@/components/frames/frame-sheet";
import { useFrameRead } from "@/components/frames/use-frame-read";
import { useSaid } from "@/components/frames/use-said";
import { frameOnScreen } from "@/components/frames/video-frame";
import { Icon } from "@/components/ui/icon";
import type { Model } from "@/lib/models/schema";

type Props = {
  url: string;
  generationId: string;
  model: Model;
  video: RefObject<HTMLVideoElement | null>;
  /** Puts a picture into the form. @returns what has been done, in a few words. */
  onPicture: (picture: File) => string;
};

/** A frame of the clip as a reference picture: the first, the last, or the one on the screen. */
export function FrameMenu({ url, generationId, model, video, onPicture }: Props) {
  const { reading, trouble, forget, read } = useFrameRead<WhichFrame>();
  const [isOpen, setOpen] = useState(false);
  const [said, say] = useSaid();
  const menu = useRef<HTMLDivElement>(null);
  const key = useRef<HTMLButtonElement>(null);

  const open = () => {
    // What is chosen is what stands there.
    video.current?.pause();
    forget();
    say("");
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    key.current?.focus({ preventScroll: true });
  };
  const take = async (which: WhichFrame) => {
    const picture = await read(which, () => (which === "shown" ? onScreen(video.current) : frameOf(url, which)));
    if (!picture) return;
    const name = frameName(which === "shown" ? "frame" : `${which}-frame`, generationId, picture.type);
    say(onPicture(new File([picture], name, { type: picture.type })));
    close();
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
        onPointerEnter={prefetchDecoder}
        onFocus={prefetchDecoder}
        onClick={isOpen ? close : open}
      >
        <Icon name={said === "" ? "picture" : "check"} />
        <span className="framemenu__word">Use a frame</span>
      </button>
      {isOpen && <FrameSheet model={model} video={video} reading={reading} trouble={trouble} onTake={take} />}
      <span className="framemenu__said" aria-live="polite">
        {said}
      </span>
    </div>
  );
}

async function onScreen(video: HTMLVideoElement | null): Promise<FrameRead> {
  const picture = video && (await frameOnScreen(video).catch(() => null));
  return picture ? { ok: true, picture } : { ok: false, trouble: "away" };
}
