import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { startPlayground } from "./fixtures/server";
import { startVendor } from "./fixtures/vendor";
import { newVisitor } from "./fixtures/visitor";

// Time enough, also on a machine that is busy, for what happens meanwhile.
const SLOW_MS = 8_000;

test("a server that is told to stop finishes what it has begun, begins nothing more, and ends with 0", async () => {
  test.setTimeout(90_000);
  const vendor = await startVendor();
  const playground = await startPlayground({ env: vendor.env });
  const visitor = await newVisitor(playground.url);
  const press = async (prompt: string) => {
    const pressed = await visitor.press({ model: "viduq3-pro", input: { prompt } });
    if (!pressed.ok) throw new Error(pressed.error.code);
    return pressed.value.id;
  };

  vendor.next({ prompt: "on its way", delayMs: SLOW_MS });
  const sent = await press("on its way");
  await expect.poll(() => vendor.requests("submit").length).toBe(1);
  const ending = playground.terminate();
  // Whoever stands in front learns that it leaves; whoever comes all the same is still answered.
  await expect.poll(async () => (await visitor.fetch("/api/health")).status, { intervals: [50] }).toBe(503);
  const late = await press("pressed while it stops");
  expect(await visitor.generation(sent)).toMatchObject({ status: "submitting" });
  await delay(500);
  expect(vendor.requests("submit")).toHaveLength(1);
  const { code, ms } = await ending;
  expect(code).toBe(0);
  expect(ms).toBeGreaterThan(SLOW_MS / 2);

  // What was on its way is in the database, and what came late waits for nobody's claim to run out.
  await playground.restart();
  await expect.poll(async () => (await visitor.generation(late))?.status, { timeout: 15_000 }).toBe("succeeded");
  await expect.poll(async () => (await visitor.generation(sent))?.status, { timeout: 15_000 }).toBe("succeeded");
  expect(vendor.requests("submit")).toHaveLength(2);
  expect(vendor.ledger()).toHaveLength(2);

  // With nothing under way there is nothing to wait for.
  const idle = await playground.terminate();
  expect(idle.code).toBe(0);
  expect(idle.ms).toBeLessThan(5_000);
  await playground.stop();
  await vendor.close();
});
