"use client";

import { memo } from "react";
import { tightestLimit } from "@/components/playground/tightest-limit";
import { type SpendOf, useSpend } from "@/components/playground/use-spend";
import { costText } from "@/components/result/duration";
import type { SpendView } from "@/lib/spend/schema";

type Props = SpendOf & { id: string; isSandbox: boolean };

/** Above Generate: what these settings cost last time, and what the limits leave today. Only what is known is said. */
export const SpendLine = memo(function SpendLine({ id, isSandbox, ...of }: Props) {
  const { expected, left } = useSpend(of);
  const limit = tightestLimit(left);
  if (isSandbox && !limit) {
    return (
      <p id={id} className="dock__row">
        No charge in the sandbox
      </p>
    );
  }
  return (
    <p id={id} className="dock__row" data-limited={limit ? true : undefined}>
      <Price expected={expected} isLimited={limit !== null} />
      {limit && (
        <span
          className="dock__left"
          data-short={(expected?.cost ?? 1) > limit.left || undefined}
          data-passed={limit.isPassed || undefined}
        >
          {limit.isPassed ? (
            <>
              limit passed by what was running: <b>{costText(limit.spent)}</b> of <b>{costText(limit.limit)}</b>
            </>
          ) : (
            <>
              {limit.whose === "visitor" ? "left for you today " : "left today "}
              <b>{costText(limit.left)}</b> of <b>{costText(limit.limit)}</b>
            </>
          )}
        </span>
      )}
    </p>
  );
});

function Price({ expected, isLimited }: { expected: SpendView["expected"]; isLimited: boolean }) {
  if (!expected) return isLimited ? <span>price not known yet: one at a time</span> : null;
  const cost = <b>{costText(expected.cost)}</b>;
  return expected.basis === "same" ? <span>last time {cost}</span> : <span>at most {cost} so far</span>;
}
