import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newPress, ROOMY } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import { findGeneration } from "@/lib/generations/data";
import { enterStatus } from "@/lib/generations/mutations";
import { createGeneration, type NewGeneration } from "@/lib/presses/mutations";
import { findBooks, findExpected } from "@/lib/spend/data";
import { dayOf, resetsAt } from "@/lib/spend/policy";
import type { SpendLimits } from "@/lib/spend/schema";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const DAY = dayOf(NOW);
const DAY_MS = 24 * 60 * 60 * 1_000;
const NO_LIMIT: SpendLimits = { all: null, visitor: null };

const limitsOf = (spend: SpendLimits) => ({ ...ROOMY, spend });

/** A playground of its own within the database: its model is nobody else's, and with it its prices. */
async function playground(prices: Record<string, number> = {}) {
  const handle = await db();
  await handle.deleteFrom("spend").where("scope", "in", ["sandbox:all", "mindvideo:all"]).execute();
  const model = `model-${randomUUID()}`;
  for (const [settings, cost] of Object.entries(prices)) {
    const key = { upstream: "sandbox" as const, model, settings };
    await handle
      .insertInto("prices")
      .values({ ...key, cost, seen_at: NOW })
      .execute();
  }
  return {
    priceOf: (settings: string) => findExpected(handle, { upstream: "sandbox", model, settings }),
    async press(spend: SpendLimits, change: Partial<NewGeneration> = {}, now = NOW) {
      const press = newPress({ model, settings: "same", ...change });
      return { ...press, result: await createGeneration(press, limitsOf(spend), now) };
    },
  };
}

const all = async () => (await findBooks("sandbox", null, DAY)).all;
const of = async (owner: string) => (await findBooks("sandbox", owner, DAY)).visitor;

describe("a press", () => {
  it("is held for all and for its visitor, also without a limit", async () => {
    const { press } = await playground({ same: 300, other: 700 });
    const { id, owner } = await press(NO_LIMIT);
    await press(NO_LIMIT);
    expect(await all()).toEqual({ reserved: 600, spent: 0 });
    expect(await of(owner)).toEqual({ reserved: 300, spent: 0 });
    expect(await findGeneration(id)).toMatchObject({ reserved: 300, spend_day: DAY, upstream: "sandbox" });
  });

  it("is held at the highest price of its model when its settings are new", async () => {
    const { press } = await playground({ cheap: 300, dear: 700 });
    await press(NO_LIMIT);
    expect(await all()).toEqual({ reserved: 700, spent: 0 });
  });

  it("is held once, however often it comes", async () => {
    const { press } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT);
    const again = await press(NO_LIMIT, { id, owner });
    expect(again.result).toMatchObject({ ok: true, value: { created: false } });
    expect(await of(owner)).toEqual({ reserved: 300, spent: 0 });
  });

  it("may use up a limit to the last millionth, and is refused beyond it with how it stands", async () => {
    const { press } = await playground({ same: 300 });
    const limits = { all: 900, visitor: 600 };
    const owner = `owner-${randomUUID()}`;
    for (const expected of [true, true]) expect((await press(limits, { owner })).result.ok).toBe(expected);
    const mine = await press(limits, { owner });
    expect(mine.result).toMatchObject({
      error: {
        code: "over_limit_visitor",
        details: { limit: 600, spent: 0, reserved: 600, resetsAt: resetsAt(NOW) },
      },
    });
    expect((await press(limits)).result.ok).toBe(true);
    const anybody = await press(limits);
    expect(anybody.result).toMatchObject({
      error: { code: "over_limit", details: { limit: 900, spent: 0, reserved: 900 } },
    });
    // What was refused leaves nothing: neither a row, nor money held for all that its visitor had no room for.
    expect(await findGeneration(mine.id)).toBeUndefined();
    expect(await all()).toEqual({ reserved: 900, spent: 0 });
  });

  it("finds the limits new at midnight, UTC", async () => {
    const { press } = await playground({ same: 300 });
    const limits = { all: 300, visitor: 300 };
    const midnight = resetsAt(NOW);
    const [owner, late] = [`owner-${randomUUID()}`, midnight - 1];
    expect((await press(limits, { owner }, late)).result.ok).toBe(true);
    expect((await press(limits, { owner }, late)).result.ok).toBe(false);
    expect((await press(limits, { owner }, midnight)).result.ok).toBe(true);
    await (await db()).deleteFrom("spend").where("day", "=", dayOf(midnight)).execute();
  });

  it("of the sandbox holds nothing of MindVideo's money", async () => {
    const { press } = await playground({ same: 300 });
    await press(NO_LIMIT);
    expect((await findBooks("mindvideo", null, DAY)).all).toEqual({ reserved: 0, spent: 0 });
  });

  it("passes no limit when many come at once", async () => {
    const { press } = await playground({ same: 300 });
    const limits = { all: 2_999, visitor: 900 };
    const owners = Array.from({ length: 6 }, () => `owner-${randomUUID()}`);
    const pressed = await Promise.all(
      Array.from({ length: 60 }, (_, index) => press(limits, { owner: owners[index % owners.length] })),
    );
    expect(pressed.filter(({ result }) => result.ok)).toHaveLength(9);
    expect(await all()).toEqual({ reserved: 2_700, spent: 0 });
    for (const owner of owners) expect((await of(owner)).reserved).toBeLessThanOrEqual(900);
  });
});

describe("a model nobody knows the price of", () => {
  const limits = { all: 1_000, visitor: null };

  it("runs as often as pressed without a limit", async () => {
    const { press } = await playground();
    for (let n = 0; n < 3; n += 1) expect((await press(NO_LIMIT)).result.ok).toBe(true);
    expect(await all()).toEqual({ reserved: 0, spent: 0 });
  });

  it.each([limits, { all: null, visitor: 1_000 }])("runs once at a time under %j", async (spend) => {
    const { press } = await playground();
    const first = await press(spend);
    expect(first.result.ok).toBe(true);
    expect((await press(spend)).result).toMatchObject({ error: { code: "price_unknown", details: { limit: 1_000 } } });
    await enterStatus(first.id, "failed", { may_have_arrived: 0 });
    expect((await press(spend)).result.ok).toBe(true);
  });

  it("runs once when many press it at once", async () => {
    const { press } = await playground();
    const pressed = await Promise.all(
      // In two minutes, so that no counter of presses keeps them apart.
      Array.from({ length: 20 }, (_, index) => press(limits, {}, NOW + (index % 2) * 60_000)),
    );
    expect(pressed.filter(({ result }) => result.ok)).toHaveLength(1);
  });

  it("does not run when nothing is left", async () => {
    const { press } = await playground();
    const known = await playground({ same: 1_000 });
    expect((await known.press(limits)).result.ok).toBe(true);
    expect((await press(limits)).result).toMatchObject({ error: { code: "over_limit" } });
  });

  it("waits for one that nobody decides about until the day is over, and for one that is given up", async () => {
    const { press } = await playground();
    const unsure = await press(limits);
    await enterStatus(unsure.id, "unconfirmed", { may_have_arrived: 1 });
    expect((await press(limits)).result.ok).toBe(false);
    const next = await press(limits, {}, resetsAt(NOW));
    expect(next.result.ok).toBe(true);
    await enterStatus(next.id, "queued", { task_id: "t", stopped_at: NOW });
    expect((await press(limits, {}, resetsAt(NOW) + 1)).result.ok).toBe(false);
    expect((await press(limits, {}, resetsAt(resetsAt(NOW)))).result.ok).toBe(true);
  });

  it("waits a day for one that nobody gives up, whose end may never be told, and no longer", async () => {
    const { press } = await playground();
    const endless = await press(limits);
    await enterStatus(endless.id, "processing", { task_id: "t", may_have_arrived: 1 });
    expect((await press(limits, {}, NOW + DAY_MS - 1)).result).toMatchObject({ error: { code: "price_unknown" } });
    expect((await press(limits, {}, NOW + DAY_MS)).result.ok).toBe(true);
  });

  it("has a price as soon as one was accepted, and that one is held from then on", async () => {
    const { press, priceOf } = await playground();
    const first = await press(limits);
    await enterStatus(first.id, "queued", { task_id: "t", cost_estimate: 400, may_have_arrived: 1 });
    expect(await priceOf("same")).toEqual({ cost: 400, basis: "same" });
    expect(await of(first.owner)).toEqual({ reserved: 400, spent: 0 });
    expect((await press(limits)).result.ok).toBe(true);
    expect((await press(limits)).result).toMatchObject({ error: { code: "over_limit" } });
  });
});

describe("an end", () => {
  type End = NonNullable<Parameters<typeof enterStatus>[2]>;
  const ended = async (status: "succeeded" | "failed" | "cancelled", end: End, before: End = {}) => {
    const { press, priceOf } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT);
    if (status !== "failed" || end.may_have_arrived !== 0) {
      await enterStatus(id, "queued", { task_id: "t", may_have_arrived: 1, ...before });
    }
    expect(await enterStatus(id, status, end)).toBe(true);
    expect(await findGeneration(id)).toMatchObject({ status, reserved: 0, spend_day: DAY });
    const [forAll, own] = [await all(), await of(owner)];
    expect(own).toEqual(forAll);
    expect(own.reserved).toBe(0);
    return { spent: own.spent, price: (await priceOf("same"))?.cost };
  };

  it.each<[string, "succeeded" | "failed" | "cancelled", End, End, number, number]>([
    ["a clip costs what is reported", "succeeded", { cost_actual: 250 }, {}, 250, 250],
    ["also when it is more", "succeeded", { cost_actual: 900 }, {}, 900, 900],
    ["also when it is nothing", "succeeded", { cost_actual: 0 }, {}, 0, 0],
    ["without a report, what was held", "succeeded", {}, {}, 300, 300],
    ["or what was estimated, if more", "succeeded", {}, { cost_estimate: 450 }, 450, 450],
    ["a lower estimate gives nothing back", "succeeded", {}, { cost_estimate: 200 }, 300, 200],
    ["a failure that reports 0 is free", "failed", { cost_actual: 0 }, {}, 0, 300],
    ["a failure that reports a cost is not", "failed", { cost_actual: 80 }, {}, 80, 300],
    ["a failure that reports nothing may have cost it all", "failed", {}, {}, 300, 300],
    ["so may what was cancelled there", "cancelled", {}, {}, 300, 300],
    ["what cannot have arrived is free", "failed", { may_have_arrived: 0 }, {}, 0, 300],
  ])("%s", async (_name, status, end, before, spent, price) => {
    expect(await ended(status, end, before)).toEqual({ spent, price });
  });

  it("is booked once when two servers tell of it", async () => {
    const { press } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT);
    await enterStatus(id, "queued", { may_have_arrived: 1 });
    const told = await Promise.all(Array.from({ length: 6 }, () => enterStatus(id, "succeeded", { cost_actual: 310 })));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await of(owner)).toEqual({ reserved: 0, spent: 310 });
  });

  it("is open while nobody knows whether it arrived, until somebody decides", async () => {
    const { press } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT);
    await enterStatus(id, "unconfirmed", { may_have_arrived: 1 });
    expect(await of(owner)).toEqual({ reserved: 300, spent: 0 });
    await enterStatus(id, "submitting");
    await enterStatus(id, "unconfirmed");
    expect(await of(owner)).toEqual({ reserved: 300, spent: 0 });
    await enterStatus(id, "failed");
    expect(await of(owner)).toEqual({ reserved: 0, spent: 300 });
  });

  it("is booked on the day of the press", async () => {
    const { press } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT, {}, Date.UTC(2026, 10, 21, 23, 59));
    await enterStatus(id, "succeeded", { cost_actual: 310 });
    expect((await findBooks("sandbox", owner, "2026-11-21")).visitor).toEqual({ reserved: 0, spent: 310 });
    expect(await of(owner)).toEqual({ reserved: 0, spent: 0 });
  });

  it("above the limit is told as it is", async () => {
    const { press } = await playground({ same: 300 });
    const spend = { all: 300, visitor: null };
    const { id } = await press(spend);
    await enterStatus(id, "succeeded", { cost_actual: 450 });
    expect((await press(spend)).result).toMatchObject({ error: { code: "over_limit", details: { spent: 450 } } });
  });

  it("of a row from before there were books changes none", async () => {
    const { press } = await playground({ same: 300 });
    const { id, owner } = await press(NO_LIMIT);
    const handle = await db();
    const old = { upstream: null, settings: null, spend_day: null, reserved: 0 };
    await handle.updateTable("generations").set(old).where("id", "=", id).execute();
    await enterStatus(id, "succeeded", { cost_actual: 999 });
    expect(await of(owner)).toEqual({ reserved: 300, spent: 0 });
  });
});

it("a deleted row that still runs counts as running, and one nobody waits for does not", async () => {
  const { press } = await playground({ same: 300 });
  const owner = `owner-${randomUUID()}`;
  const limits = { ...limitsOf(NO_LIMIT), active: 2 };
  const more = async () => {
    const { id, result: _result, ...facts } = await press(NO_LIMIT);
    return (await createGeneration({ ...facts, id: randomUUID(), owner }, limits, NOW)).ok;
  };
  const [hidden] = [await press(NO_LIMIT, { owner }), await press(NO_LIMIT, { owner })];
  const handle = await db();
  await handle.updateTable("generations").set({ deleted_at: NOW }).where("id", "=", hidden.id).execute();
  expect(await more()).toBe(false);
  await handle.updateTable("generations").set({ stopped_at: NOW }).where("id", "=", hidden.id).execute();
  expect(await more()).toBe(true);
  expect(await more()).toBe(false);
});
