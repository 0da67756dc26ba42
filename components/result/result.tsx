"use client";

import type { CSSProperties, ReactNode } from "react";
import { clockText } from "@/components/result/duration";
import type { Family } from "@/components/result/family";
import { Lamp } from "@/components/result/lamp";
import { Lineage } from "@/components/result/lineage";
import { pressShortcut } from "@/components/result/press-shortcut";
import type { ResultActions } from "@/components/result/result-actions";
import { hasEnded, type Shown, wordOf } from "@/components/result/shown";
import { StageActions } from "@/components/result/stage-actions";
import { useEndedDeck } from "@/components/result/use-ended-deck";
import { useFrameRatio } from "@/components/result/use-frame-ratio";
import { useKeptFocus } from "@/components/result/use-kept-focus";
import { WaitingDeck } from "@/components/result/waiting-deck";
import type { Model } from "@/lib/models/schema";

type Props = {
  shown: Shown | null;
  model: Model;
  /** Who renders, in a sentence: "MindVideo" or "the sandbox". */
  upstreamName: string;
  actions: ResultActions;
  family: Family | null;
  /** A quiet sentence at the right of the bar. */
  remark: ReactNode;
  /** What stands here before there is anything of the visitor's own. */
  children: ReactNode;
};

/** The stage: one generation, whatever its state, in a frame that has the output's ratio from the start. */
export function Result({ shown, model, upstreamName, actions, family, remark, children }: Props) {
  const section = useKeptFocus(`${shown?.generation.id} ${shown && wordOf(shown)} ${shown?.origin}`);
  const ratio = useFrameRatio(model, shown?.generation.input ?? null);
  return (
    <section
      ref={section}
      tabIndex={-1}
      className="stage"
      aria-label="Result"
      data-wide={shown ? undefined : true}
      style={{ "--ratio": ratio } as CSSProperties}
      onKeyDown={pressShortcut}
    >
      <div className="subbar">
        <p className="status" role="status">
          <Lamp shown={shown} />
          {shown ? wordOf(shown) : "Ready"}
        </p>
        <Took shown={shown} />
        {family && <Lineage family={family} onShow={actions.onShow} />}
        {shown?.generation.status === "succeeded" && <StageActions generation={shown.generation} actions={actions} />}
        <span className="stage__say" aria-live="polite">
          {remark}
        </span>
      </div>
      <div className="canvas" data-mid={shown ? undefined : true}>
        {shown ? <Deck shown={shown} model={model} upstreamName={upstreamName} actions={actions} /> : children}
      </div>
    </section>
  );
}

type DeckProps = { shown: Shown; model: Model; upstreamName: string; actions: ResultActions };

function Deck(props: DeckProps) {
  return hasEnded(props.shown) ? <Ended {...props} /> : <WaitingDeck {...props} />;
}

function Ended(props: DeckProps) {
  const EndedDeck = useEndedDeck();
  // Where its deck has not arrived yet, what stood there while it ran goes on standing there.
  if (!EndedDeck) return <WaitingDeck {...props} />;
  return <EndedDeck {...props} />;
}

function Took({ shown }: { shown: Shown | null }) {
  if (shown?.origin !== "row" || shown.generation.finishedAt === null) return null;
  const tookMs = shown.generation.finishedAt - shown.generation.createdAt;
  return tookMs < 1000 ? null : <span className="status__took">{clockText(tookMs)}</span>;
}
