import { DoneDeck } from "@/components/result/done-deck";
import { FateDeck } from "@/components/result/fate-deck";
import type { ResultActions } from "@/components/result/result-actions";
import type { Shown } from "@/components/result/shown";
import type { Model } from "@/lib/models/schema";

export type EndedDeckProps = { shown: Shown; model: Model; upstreamName: string; actions: ResultActions };

/** The deck of what runs no more: a clip, or what became of it instead. Loaded when there is something to show in it. */
export function EndedDeck({ shown, ...props }: EndedDeckProps) {
  const { generation } = shown;
  return generation.status === "succeeded" ? (
    <DoneDeck key={generation.id} generation={generation} {...props} />
  ) : (
    <FateDeck shown={shown} {...props} />
  );
}
