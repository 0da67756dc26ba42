"use client";

import { memo } from "react";
import { tightestLimit } from "@/components/playground/tightest-limit";
import { type SpendOf, useSpend } from "@/components/playground/use-spend";
import { costText } from "@/components/result/duration";

/** The same figures on Generate itself, where a phone has no room above it. The line above it is there for those who listen. */
export const SpendCost = memo(function SpendCost({ isSandbox, ...of }: SpendOf & { isSandbox: boolean }) {
  const { expected, left } = useSpend(of);
  const limit = tightestLimit(left);
  const price = expected && `${expected.basis === "same" ? "last" : "at most"} ${costText(expected.cost)}`;
  const parts = [limit || !isSandbox ? price : "no charge", limit && `left ${costText(limit.left)}`];
  return (
    <span className="go__cost" aria-hidden="true">
      {parts.filter(Boolean).join(" · ")}
    </span>
  );
});
