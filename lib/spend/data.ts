import "server-only";
import { createHash } from "node:crypto";
import { type Db, db } from "@/lib/db/client";
import { scopeOf } from "@/lib/spend/policy";
import type { ExpectedCost, Upstream } from "@/lib/spend/schema";

const NOTHING = { reserved: 0, spent: 0 };

/** SHA-256 of `settingsOf`: what a price is stored under. */
export const hashSettings = (settings: string): string => createHash("sha256").update(settings, "utf8").digest("hex");

/** What such a generation will cost, as far as this playground has seen; null while no price of the model is known. */
export async function findExpected(
  handle: Db,
  { upstream, model, settings }: { upstream: Upstream; model: string; settings: string },
): Promise<ExpectedCost | null> {
  const prices = handle.selectFrom("prices").where("upstream", "=", upstream).where("model", "=", model);
  const same = await prices.select("cost").where("settings", "=", settings).executeTakeFirst();
  if (same) return { cost: same.cost, basis: "same" };
  const highest = await prices.select("cost").orderBy("cost", "desc").limit(1).executeTakeFirst();
  return highest ? { cost: highest.cost, basis: "highest" } : null;
}

/** What is booked of a scope on a day; nothing booked is 0. */
export async function findSpend(handle: Db, scope: string, day: string): Promise<{ reserved: number; spent: number }> {
  const row = await handle
    .selectFrom("spend")
    .select(["reserved", "spent"])
    .where("scope", "=", scope)
    .where("day", "=", day)
    .executeTakeFirst();
  return row ?? NOTHING;
}

/** What a press with these settings (`settingsOf`) will cost; null while no price of the model is known. */
export async function findPrice(upstream: Upstream, model: string, settings: string): Promise<ExpectedCost | null> {
  return findExpected(await db(), { upstream, model, settings: hashSettings(settings) });
}

/** What is booked today for all and for one visitor; null is a visitor nothing was booked for. */
export async function findBooks(upstream: Upstream, owner: string | null, day: string) {
  const handle = await db();
  const [all, visitor] = await Promise.all([
    findSpend(handle, scopeOf(upstream, "all"), day),
    owner === null ? NOTHING : findSpend(handle, scopeOf(upstream, owner), day),
  ]);
  return { all, visitor };
}
