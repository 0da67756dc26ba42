"use client";

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { timecodeText } from "@/components/result/duration";

// Until the clip has shown two frames; MindVideo does not say how many there are in a second.
const USUAL_FRAME_SECONDS = 1 / 24;

/**
 * A video without the browser's own controls. What moves with each frame (needle, timecode, slider value) is written
 * to the elements themselves: a render each frame would be felt in the form.
 */
export function usePlayer(video: RefObject<HTMLVideoElement | null>) {
  const ruler = useRef<HTMLDivElement>(null);
  const hand = useRef<HTMLDivElement>(null);
  const time = useRef<HTMLSpanElement>(null);
  const frameSeconds = useRef(USUAL_FRAME_SECONDS);
  const [isPlaying, setPlaying] = useState(false);
  const [isMuted, setMuted] = useState(true);
  const [isLooping, setLooping] = useState(true);
  const [duration, setDuration] = useState(Number.NaN);

  const paint = useCallback(() => {
    const element = video.current;
    if (!element) return;
    const { currentTime, duration: length } = element;
    const at = length > 0 ? Math.min(1, currentTime / length) : 0;
    // Not on the ruler itself: every tick and label of it would be styled anew with each frame.
    hand.current?.style.setProperty("--at", String(at));
    const told = `${currentTime.toFixed(1)} of ${(length || 0).toFixed(1)} seconds`;
    if (element.paused || ruler.current?.getAttribute("aria-valuetext") !== told) {
      ruler.current?.setAttribute("aria-valuenow", currentTime.toFixed(2));
      ruler.current?.setAttribute("aria-valuetext", told);
    }
    if (time.current) time.current.textContent = timecodeText(currentTime);
  }, [video]);

  useEffect(() => {
    if (!isPlaying) return;
    let handle = requestAnimationFrame(function next() {
      paint();
      handle = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(handle);
  }, [isPlaying, paint]);

  useEffect(() => {
    const element = video.current;
    if (!element || !("requestVideoFrameCallback" in element)) return;
    let last = Number.NaN;
    let handle = element.requestVideoFrameCallback(function next(_now, { mediaTime }) {
      const seconds = mediaTime - last;
      // Frames can be dropped, so the shortest distance seen is the true one.
      if (seconds > 0.005 && seconds < frameSeconds.current) frameSeconds.current = seconds;
      last = mediaTime;
      handle = element.requestVideoFrameCallback(next);
    });
    return () => element.cancelVideoFrameCallback(handle);
  }, [video]);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // Known before anybody listened, when the page came with the clip in it.
    setDuration(element.duration);
    paint();
    element.muted = true;
    // Refused or interrupted, it stays paused, and the button says Play.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) element.play().catch(() => {});
  }, [video, paint]);

  const seek = (seconds: number) => {
    const element = video.current;
    if (!element || !Number.isFinite(element.duration)) return;
    element.currentTime = Math.min(element.duration, Math.max(0, seconds));
    paint();
  };

  return {
    ruler,
    /** What moves along the ruler. */
    hand,
    time,
    isPlaying,
    isMuted,
    isLooping,
    duration,
    seek,
    seekBy: (seconds: number) => seek((video.current?.currentTime ?? 0) + seconds),
    stepFrame: (direction: 1 | -1) => {
      video.current?.pause();
      seek((video.current?.currentTime ?? 0) + direction * frameSeconds.current);
    },
    togglePlay: () => {
      const element = video.current;
      // As above: the button follows what the clip really does.
      if (element?.paused) element.play().catch(() => {});
      else element?.pause();
    },
    toggleSound: () => {
      const element = video.current;
      if (element) element.muted = !element.muted;
    },
    toggleLoop: () => setLooping((was) => !was),
    /** For the `<video>` itself. */
    events: {
      onPlay: () => setPlaying(true),
      onPause: () => {
        setPlaying(false);
        paint();
      },
      onVolumeChange: () => setMuted(video.current?.muted ?? true),
      onDurationChange: () => {
        setDuration(video.current?.duration ?? Number.NaN);
        paint();
      },
      onTimeUpdate: paint,
      onSeeked: paint,
    },
  };
}

export type Player = ReturnType<typeof usePlayer>;
