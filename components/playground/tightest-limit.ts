import type { Left, SpendView } from "@/lib/spend/schema";

export type Tightest = Left & {
  /** Whom the limit is for. */
  whose: "all" | "visitor";
  /** What was running when the limit was reached has ended above it. */
  isPassed: boolean;
};

/** Of the limits on what may be spent today the one that leaves less; null where none is set. */
export function tightestLimit({ all, visitor }: SpendView["left"]): Tightest | null {
  const isVisitors = visitor !== null && (all === null || visitor.left < all.left);
  const limit = isVisitors ? visitor : all;
  if (!limit) return null;
  return { ...limit, whose: isVisitors ? "visitor" : "all", isPassed: limit.spent > limit.limit };
}
