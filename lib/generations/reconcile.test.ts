import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import type { GenerationRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { findGeneration } from "@/lib/generations/data";
import { bringForward, changeGeneration, enterStatus } from "@/lib/generations/mutations";
import { LOOK_AGAIN_MS, READ_WAIT_MS, STEP_LEASE_MS, STOPPED_POLL_MS } from "@/lib/generations/policy";
import { keptAfterMs, pollAfterMs, readAndAdvance, reconcile } from "@/lib/generations/reconcile";
import type { Generation } from "@/lib/generations/schema";
import { metrics } from "@/lib/metrics";

let vendor: Vendor;

beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
  Object.assign(process.env, vendor.env, { VENDOR_RPS: "1000" });
});
afterAll(() => vendor.close());
afterEach(() => vendor.clear());

/** A press that is due at once, as if the claim of its first send had run out. */
async function due(owner = "owner"): Promise<GenerationRow> {
  const row = await storePress({ owner, upstream: "mindvideo", prompt: randomUUID() });
  await changeGeneration(row.id, ["submitting"], { due_at: Date.now() });
  return row;
}

const makeDue = (id: string) => changeGeneration(id, ["queued", "processing"], { due_at: Date.now() });

describe("readAndAdvance", () => {
  it("does what is due and answers with what came of it, in the order asked for", async () => {
    const rows = [await due(), await due(), await due()];
    const ids = rows.map((row) => row.id).toReversed();
    const { answer } = await readAndAdvance("owner", ids);
    expect(answer.generations.map((generation) => generation.id)).toEqual(ids);
    expect(answer.generations.map((generation) => generation.status)).toEqual(["queued", "queued", "queued"]);
    expect(answer.pollAfterMs).toBeGreaterThan(0);
    expect(answer.pollAfterMs).toBeLessThanOrEqual(1_000);
  });

  it("says when there is nothing more to learn", async () => {
    const row = await due();
    await readAndAdvance("owner", [row.id]);
    await makeDue(row.id);
    const ended = await readAndAdvance("owner", [row.id]);
    expect(ended.answer.generations[0]).toMatchObject({
      status: "succeeded",
      outputs: [{ index: 0, kind: "video", url: `/api/generations/${row.id}/outputs/0` }],
    });
    // Its copy is part of the work that goes on.
    await ended.work;
    const { answer } = await readAndAdvance("owner", [row.id]);
    expect(answer.generations[0]?.outputs[0]?.keep).toEqual({ state: "kept" });
    expect(answer.pollAfterMs).toBeNull();
  });

  it("neither shows nor moves what belongs to somebody else", async () => {
    const row = await due("somebody else");
    const { answer } = await readAndAdvance("owner", [row.id]);
    expect(answer).toEqual({ generations: [], pollAfterMs: null });
    expect(vendor.requests("submit").filter((sent) => sent.headers["idempotency-key"] === row.id)).toEqual([]);
  });

  it("answers with what is stored when MindVideo is slow, and the step goes on", async () => {
    const row = await due();
    vendor.next({ prompt: row.prompt ?? "", delayMs: READ_WAIT_MS * 2 });
    const startedAt = Date.now();
    const { answer, work } = await readAndAdvance("owner", [row.id]);
    expect(answer.generations[0]?.status).toBe("submitting");
    expect(Date.now() - startedAt).toBeLessThan(READ_WAIT_MS * 2);
    await work;
    expect((await findGeneration(row.id))?.status).toBe("queued");
  });

  it("tells the browser nothing that is not its business", async () => {
    const row = await due();
    const { answer } = await readAndAdvance("owner", [row.id]);
    const told = JSON.stringify(answer);
    for (const secret of [row.owner, vendor.url, vendor.env.MINDVIDEO_API_KEY, "due_at", "payload_hash"]) {
      expect(told.includes(`"${secret}"`), secret).toBe(false);
    }
  });
});

describe("pollAfterMs", () => {
  it("is null for what changes only when a visitor decides", async () => {
    const row = await due();
    await enterStatus(row.id, "unconfirmed", { due_at: null });
    expect(pollAfterMs([{ ...row, status: "unconfirmed", due_at: null }])).toBeNull();
  });
});

describe("without anybody looking", () => {
  it("the reconciliation sends what a dead server left", async () => {
    const row = await due();
    expect(await reconcile()).toBeGreaterThan(0);
    expect(await findGeneration(row.id)).toMatchObject({ status: "queued", attempts: 1 });
  });

  it("a backlog waits for the budget as it is: nothing is claimed that cannot be asked yet", async () => {
    const { vendorRps } = env();
    const rows = await Promise.all(Array.from({ length: 16 }, () => due()));
    const ids = rows.map(({ id }) => id);
    const counts = async () => ({
      won: (await metrics().claims.get()).values.find(({ labels }) => labels.outcome === "won")?.value ?? 0,
      asked: vendor.requests("submit").length + vendor.requests("task").length,
    });
    const before = await counts();
    try {
      Object.assign(env(), { vendorRps: 8 });
      await (await readAndAdvance("owner", ids)).work;
      await (await readAndAdvance("owner", ids)).work;
      await reconcile();
    } finally {
      Object.assign(env(), { vendorRps });
    }
    const after = await counts();
    expect(after.won - before.won).toBe(after.asked - before.asked);
    const ended = await Promise.all(ids.map(findGeneration));
    expect(ended.map((row) => row?.attempts)).toEqual(ids.map(() => 1));
  });
});

describe("what is told of files", () => {
  const ended = (state: "pending" | "kept", finishedAt: number) =>
    ({ outputs: [{ keep: { state } }], finishedAt }) as Generation;

  it("is asked for until it is known, more slowly after a minute", () => {
    const now = 1_000_000;
    expect(keptAfterMs([], now)).toBeNull();
    expect(keptAfterMs([ended("kept", now)], now)).toBeNull();
    expect(keptAfterMs([ended("kept", now), ended("pending", now - 1)], now)).toBe(2_000);
    expect(keptAfterMs([ended("pending", now - 60_000)], now)).toBe(30_000);
  });
});

describe("looking again", () => {
  const stopped = async (dueIn: number) => {
    const row = await due("looker");
    await readAndAdvance("looker", [row.id]);
    const now = Date.now();
    await changeGeneration(row.id, ["queued"], { stopped_at: now, due_at: now + dueIn });
    return { id: row.id, now };
  };

  it("makes the next question due, for its owner alone and not at once again", async () => {
    const { id, now } = await stopped(STOPPED_POLL_MS - LOOK_AGAIN_MS);
    expect(await bringForward("somebody else", id, now)).toBe(false);
    expect(await bringForward("looker", id, now)).toBe(true);
    expect((await findGeneration(id))?.due_at).toBe(now);
    expect(await bringForward("looker", id, now)).toBe(false);
  });

  it.each([
    ["a claim", STEP_LEASE_MS],
    ["a question of a moment ago", STOPPED_POLL_MS],
  ])("does not cut %s short", async (_, dueIn) => {
    const { id, now } = await stopped(dueIn);
    expect(await bringForward("looker", id, now)).toBe(false);
  });

  it("leaves alone what is watched", async () => {
    const { id, now } = await stopped(STOPPED_POLL_MS / 2);
    await changeGeneration(id, ["queued"], { stopped_at: null });
    expect(await bringForward("looker", id, now)).toBe(false);
  });
});
