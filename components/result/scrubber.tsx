import type { KeyboardEvent, PointerEvent } from "react";
import { clipTicks, type Tick } from "@/components/result/ruler";
import type { Player } from "@/components/result/use-player";

type Move = { frames?: 1 | -1; seconds?: number; end?: 0 | 1 };

const MOVES: Record<string, Move> = {
  ArrowLeft: { frames: -1 },
  ArrowDown: { frames: -1 },
  ArrowRight: { frames: 1 },
  ArrowUp: { frames: 1 },
  PageDown: { seconds: -1 },
  PageUp: { seconds: 1 },
  Home: { end: 0 },
  End: { end: 1 },
};

/** The ruler once there is a clip: the same line, now a slider over its time. */
export function Scrubber({ player }: { player: Player }) {
  const { duration, ruler, hand, seek, seekBy, stepFrame } = player;
  const isKnown = Number.isFinite(duration);

  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * duration);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (move.frames) stepFrame(move.frames);
    if (move.seconds) seekBy(move.seconds);
    if (move.end !== undefined) seek(move.end * duration);
  };

  return (
    <div
      ref={ruler}
      className="scale"
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={isKnown ? Number(duration.toFixed(2)) : 0}
      aria-valuenow={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      <div className="scale__rail" />
      {clipTicks(duration).map((tick: Tick) => (
        <i key={tick.at} data-major={tick.major || undefined} style={{ left: `${tick.at * 100}%` }} />
      ))}
      {clipTicks(duration).map(
        (tick) =>
          tick.label !== null && (
            <span key={tick.at} className="scale__label" style={{ left: `${tick.at * 100}%` }}>
              {tick.label}
            </span>
          ),
      )}
      {isKnown && <span className="scale__label scale__label--end">{Number(duration.toFixed(2))} s</span>}
      <div ref={hand} className="scale__hand">
        <div className="scale__gone" />
        <div className="scale__needle" />
      </div>
    </div>
  );
}
