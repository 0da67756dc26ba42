import { setTimeout as delay } from "node:timers/promises";
import type { SpendView } from "../lib/spend/schema";
import { startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { startVendor } from "./fixtures/vendor";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const MODEL = "viduq3-pro";
const SETTINGS = { duration: 5, resolution: "720p" };
const COST = 675_013;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** As the page writes down its settings: their keys in order, without the prompt. */
const like = (settings: Record<string, unknown>) => JSON.stringify(settings);

async function ask(visitor: Visitor, settings: Record<string, unknown> = SETTINGS): Promise<SpendView> {
  const answered = await visitor.fetch(`/api/spend?model=${MODEL}&like=${encodeURIComponent(like(settings))}`);
  expect(answered.status).toBe(200);
  return (await answered.json()) as SpendView;
}

async function pressed(visitor: Visitor, input: Record<string, unknown> = SETTINGS) {
  const made = await visitor.press({ model: MODEL, input: { prompt: "A dancer.", ...input } });
  if (!made.ok) return made.error;
  while ((await visitor.generation(made.value.id))?.finishedAt == null) await delay(200);
  return made.value.id;
}

test("what is shown before a press is what it costs, and a limit says whose it is, what is spent and when it begins anew", async () => {
  const vendor = await startVendor({ settings: { queuedMs: 50, finishedMs: 200 } });
  const costs = { cost: COST / 1_000_000, estimate: COST / 1_000_000 };
  vendor.ending({ status: "succeeded", ...costs });
  const env = { ...vendor.env, SPEND_LIMIT_DAILY: "2.1", SPEND_LIMIT_VISITOR_DAILY: "1.4" };
  const server = await startPlayground({ env });
  try {
    const visitor = await newVisitor(server.url);
    await test.step("nothing is known, and all is left", async () => {
      const { expected, left, resetsAt } = await ask(visitor);
      expect(expected).toBeNull();
      expect(left.all).toEqual({ limit: 2_100_000, spent: 0, reserved: 0, left: 2_100_000 });
      expect(left.visitor).toEqual({ limit: 1_400_000, spent: 0, reserved: 0, left: 1_400_000 });
      expect(resetsAt % DAY_MS).toBe(0);
      expect(resetsAt - Date.now()).toBeGreaterThan(0);
      expect(resetsAt - Date.now()).toBeLessThanOrEqual(DAY_MS);
    });

    await test.step("then the last cost of the same settings, or the highest of the model", async () => {
      await pressed(visitor);
      const { expected, left } = await ask(visitor);
      expect(expected).toEqual({ cost: COST, basis: "same" });
      expect(left.visitor).toEqual({ limit: 1_400_000, spent: COST, reserved: 0, left: 1_400_000 - COST });
      expect((await ask(visitor, { ...SETTINGS, duration: 6 })).expected).toEqual({ cost: COST, basis: "highest" });
      await pressed(visitor);
      expect(vendor.ledger().map(({ cost }) => Math.round(cost * 1_000_000))).toEqual([COST, expected?.cost]);
    });

    const spent = 2 * COST;
    await test.step("a visitor's limit refuses that visitor alone, and a deleted clip gives nothing back", async () => {
      const refused = { code: "over_limit_visitor", details: { limit: 1_400_000, spent, reserved: 0 } };
      expect(await pressed(visitor)).toMatchObject(refused);
      expect(await visitor.call("removeEverything")).toMatchObject({ ok: true });
      expect(await pressed(visitor)).toMatchObject(refused);
      expect((await ask(visitor)).left.visitor).toMatchObject({ spent, left: 1_400_000 - spent });
    });

    await test.step("everybody's limit refuses a visitor who has spent nothing, too", async () => {
      const other = await newVisitor(server.url);
      expect((await ask(other)).left.visitor).toMatchObject({ spent: 0 });
      expect(typeof (await pressed(other))).toBe("string");
      const third = await newVisitor(server.url);
      const { resetsAt } = await ask(third);
      expect(await pressed(third)).toMatchObject({
        code: "over_limit",
        details: { limit: 2_100_000, spent: 3 * COST, reserved: 0, resetsAt },
      });
      expect(vendor.ledger()).toHaveLength(3);
    });

    await test.step("what ran ends above the limit when it cost more than was said; nothing is left then, and nothing less", async () => {
      vendor.ending({ status: "succeeded", ...costs, cost: 3 });
      await server.restart({ ...vendor.env, SPEND_LIMIT_DAILY: "3" });
      const visitor = await newVisitor(server.url);
      expect(typeof (await pressed(visitor))).toBe("string");
      const { left } = await ask(visitor);
      expect(left).toEqual({
        all: { limit: 3_000_000, spent: 3 * COST + 3_000_000, reserved: 0, left: 0 },
        visitor: null,
      });
    });

    await test.step("nobody without a cookie is told, and no model that is not here", async () => {
      expect((await fetch(`${server.url}/api/spend?model=${MODEL}`)).status).toBe(401);
      expect((await visitor.fetch("/api/spend?model=nothing")).status).toBe(400);
    });
  } finally {
    await server.stop();
    await vendor.close();
  }
});
