import type { CSSProperties } from "react";
import { clockText } from "@/components/result/duration";
import { GAUGE_TICKS, gaugeMs } from "@/components/result/ruler";
import { useServerNow } from "@/components/result/server-clock";
import { isRunning } from "@/components/result/shown";
import type { Step } from "@/components/result/steps";
import type { Generation } from "@/lib/generations/schema";
import { STATUS } from "@/lib/generations/transitions";

/** The ruler while it waits: elapsed time in signal, a bead for each thing that happened. Still once it is over. */
export function Gauge({ generation, steps }: { generation: Generation; steps: Step[] }) {
  const watched = isRunning(generation);
  const { final } = STATUS[generation.status];
  const now = useServerNow(watched ? 250 : null);
  const elapsed = Math.max(0, (watched ? now : endOf(generation, steps)) - generation.createdAt);
  const length = gaugeMs(elapsed);
  return (
    <div
      className="scale"
      data-gauge={watched ? "running" : "still"}
      data-open={final ? undefined : true}
      aria-hidden="true"
      style={{ "--at": elapsed / length } as CSSProperties}
    >
      <div className="scale__rail" />
      {GAUGE_TICKS.map((tick) => (
        <i key={tick.at} data-major={tick.major || undefined} style={{ left: `${tick.at * 100}%` }} />
      ))}
      <span className="scale__label">0:00</span>
      <span className="scale__label scale__label--end">{clockText(length)}</span>
      <div className="scale__gone" />
      {steps.map(
        (step) =>
          step.afterMs !== null &&
          step.state !== "dead" &&
          step.afterMs <= elapsed && (
            <b key={step.name} className="scale__bead" style={{ left: `${(step.afterMs / length) * 100}%` }} />
          ),
      )}
      <div className="scale__needle" />
    </div>
  );
}

/** When it stopped being watched: its end, else the last thing that is known. */
function endOf(generation: Generation, steps: Step[]): number {
  const last = steps.reduce((latest, step) => Math.max(latest, step.afterMs ?? 0), 0);
  return generation.finishedAt ?? generation.createdAt + last;
}
