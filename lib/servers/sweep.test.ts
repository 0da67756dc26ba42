import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import { db } from "@/lib/db/client";
import { findGeneration } from "@/lib/generations/data";
import { changeGeneration } from "@/lib/generations/mutations";
import { startSweep, sweepOnce } from "@/lib/servers/sweep";

let vendor: Vendor;

beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
  Object.assign(process.env, vendor.env, { VENDOR_RPS: "1000" });
});
afterAll(() => vendor.close());

/** A press whose first send nobody made: its server died. */
async function leftBehind(): Promise<string> {
  const id = randomUUID();
  const now = Date.now();
  const input = JSON.stringify({ prompt: id });
  await (await db())
    .insertInto("generations")
    .values({
      ...{ id, owner: "owner", model: "viduq3-pro", input, prompt: id },
      ...{ status: "submitting", due_at: now, created_at: now, send_since: now },
    })
    .execute();
  return id;
}

describe("without anybody looking", () => {
  it("the sweep brings a generation to its end, and stops when told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const id = await leftBehind();
    const stop = startSweep();
    try {
      for (let round = 0; round < 40; round += 1) {
        await changeGeneration(id, ["queued", "processing"], { due_at: Date.now() });
        await vi.advanceTimersByTimeAsync(1_000);
        // A round is real work; the fake clock only says when it begins.
        await new Promise((resolve) => setImmediate(resolve));
        if ((await findGeneration(id))?.status === "succeeded") break;
      }
    } finally {
      stop();
      vi.useRealTimers();
    }
    expect((await findGeneration(id))?.status).toBe("succeeded");
  });

  it("one round says what it did", async () => {
    const ids = [await leftBehind(), await leftBehind()];
    await (await db()).insertInto("counters").values({ scope: "submit:all", window_start: 0, count: 1 }).execute();
    const { done, work } = await sweepOnce(10_000);
    expect(done).toMatchObject({ generations: 2, counters: 1 });
    for (const id of ids) expect((await findGeneration(id))?.status).toBe("queued");
    await work;
  });

  it("one round answers in time while MindVideo keeps it waiting, and goes on", async () => {
    const id = await leftBehind();
    vendor.next({ prompt: id, delayMs: 1_500 });
    const from = Date.now();
    const { done, work } = await sweepOnce(300);
    expect(Date.now() - from).toBeLessThan(1_200);
    expect(done.generations).toBe(0);
    await work;
    expect((await findGeneration(id))?.status).toBe("queued");
  });
});
