"use client";

import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { Scrubber } from "@/components/result/scrubber";
import { Transport } from "@/components/result/transport";
import { usePlayer } from "@/components/result/use-player";

type Props = {
  url: string;
  video: RefObject<HTMLVideoElement | null>;
  /** What can be done with the frame on the screen. */
  tools: ReactNode;
  receipt: ReactNode;
  /** On a page of its own a clip has no cost beside it, and no “Generate again”. */
  isAlone?: boolean;
};

const TROUBLES = {
  away: {
    title: "The clip could not be loaded.",
    told: "Its file did not arrive here; try once more in a moment.",
    own: "It is made and paid for.",
    alone: null,
  },
  expired: {
    title: "The link to this clip has expired.",
    told: "Its file is no longer there, and there is no copy of it here.",
    own: "The job itself ended well, at the cost below. “Generate again” makes a new clip and costs as much again.",
    alone: null,
  },
  deleted: {
    title: "This clip is not here any more.",
    told: "It was there when this page was opened.",
    own: "It was deleted since, from another page.",
    alone: "Since then it was deleted, or its owner stopped sharing it.",
  },
};

const TROUBLE_OF: Record<number, keyof typeof TROUBLES> = { 404: "deleted", 410: "expired" };

/** A `<video>` does not say what went wrong; the server does. */
async function askWhy(url: string): Promise<keyof typeof TROUBLES> {
  const answer = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return TROUBLE_OF[answer?.status ?? 0] ?? "away";
}

/** The clip in the frame, the ruler as its scrubber, the transport. The other keys are those of its buttons. */
export function VideoDeck({ url, video, tools, receipt, isAlone = false }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const player = usePlayer(video);
  const [trueRatio, setTrueRatio] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<keyof typeof TROUBLES | null>(null);

  const toggleFullScreen = async () => {
    if (document.fullscreenElement) return document.exitFullscreen();
    const element = video.current as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null;
    // A phone that gives full screen to videos alone.
    if (!frame.current?.requestFullscreen) return element?.webkitEnterFullscreen?.();
    const before = document.activeElement;
    try {
      await frame.current.requestFullscreen();
    } catch {
      return;
    }
    // What had the focus is hidden now; the keys go on working in here, and it comes back afterwards.
    frame.current.focus();
    const comeBack = () => {
      if (document.fullscreenElement) return;
      document.removeEventListener("fullscreenchange", comeBack);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
    document.addEventListener("fullscreenchange", comeBack);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // On a button the space bar presses the button.
    if (event.target instanceof Element && event.target.closest("button, a")) return;
    event.preventDefault();
    player.togglePlay();
  };

  // The server draws the element, so all of this can have happened before anybody listened.
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (element.error) void askWhy(url).then(setTrouble);
    if (element.videoWidth > 0 && element.videoHeight > 0) setTrueRatio(element.videoWidth / element.videoHeight);
  }, [url, video]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the key belongs to everything inside; it has its own button too
    <div
      className="deck"
      onKeyDown={onKeyDown}
      data-true-ratio={trueRatio !== null || undefined}
      style={trueRatio === null ? undefined : ({ "--ratio": trueRatio } as CSSProperties)}
    >
      <div className="frame" ref={frame} tabIndex={-1}>
        <video
          ref={video}
          src={url}
          aria-label="Generated video"
          playsInline
          muted
          loop={player.isLooping}
          preload="auto"
          onClick={player.togglePlay}
          onLoadedMetadata={(event) => {
            const { videoWidth, videoHeight } = event.currentTarget;
            setTrouble(null);
            if (videoWidth > 0 && videoHeight > 0) setTrueRatio(videoWidth / videoHeight);
          }}
          onError={async () => setTrouble(await askWhy(url))}
          {...player.events}
        />
        {trouble && (
          <div className="fate">
            <h2>{TROUBLES[trouble].title}</h2>
            <p className="told">
              {TROUBLES[trouble].told} {TROUBLES[trouble][isAlone ? "alone" : "own"]}
            </p>
            {trouble === "away" && (
              <div className="fate__foot">
                <button type="button" className="key" onClick={() => video.current?.load()}>
                  Load again
                </button>
              </div>
            )}
          </div>
        )}
      </div>
      <div className="under">
        <Scrubber player={player} />
        <Transport player={player} onFullScreen={toggleFullScreen}>
          {tools}
        </Transport>
        {receipt}
      </div>
    </div>
  );
}
