import "server-only";
import { env } from "@/lib/env";
import { findBooks, findPrice } from "@/lib/spend/data";
import { dayOf, leftOf, resetsAt } from "@/lib/spend/policy";
import type { SpendView } from "@/lib/spend/schema";

/**
 * What a press with these settings (`settingsOf`) would cost, and what is left today. A visitor without a
 * cookie has spent nothing.
 */
export async function getSpendView(
  owner: string | null,
  model: string,
  settings: string,
  now = Date.now(),
): Promise<SpendView> {
  const { upstream, spendLimitDaily, spendLimitVisitorDaily } = env();
  const [expected, books] = await Promise.all([
    findPrice(upstream, model, settings),
    findBooks(upstream, owner, dayOf(now)),
  ]);
  return {
    expected,
    left: { all: leftOf(spendLimitDaily, books.all), visitor: leftOf(spendLimitVisitorDaily, books.visitor) },
    resetsAt: resetsAt(now),
  };
}
