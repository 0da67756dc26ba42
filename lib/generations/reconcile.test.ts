import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import type { GenerationRow } from "@/lib/db/schema";
import { findGeneration } from "@/lib/generations/data";
import { changeGeneration, createGeneration, enterStatus } from "@/lib/generations/mutations";
import { READ_WAIT_MS } from "@/lib/generations/policy";
import { pollAfterMs, readAndAdvance, reconcile } from "@/lib/generations/reconcile";

const ROOMY = { active: 1_000, perMinute: 1_000, perMinuteAll: 1_000, spend: { all: null, visitor: null } };

let vendor: Vendor;

beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
  Object.assign(process.env, vendor.env, { VENDOR_RPS: "1000" });
});
afterAll(() => vendor.close());
afterEach(() => vendor.clear());

/** A press that is due at once, as if the claim of its first send had run out. */
async function due(owner = "owner"): Promise<GenerationRow> {
  const prompt = randomUUID();
  const input = JSON.stringify({ prompt });
  const press = {
    id: randomUUID(),
    owner,
    model: "viduq3-pro",
    input,
    prompt,
    parentId: null,
    files: [],
    settings: "settings",
    upstream: "sandbox" as const,
  };
  const created = await createGeneration(press, ROOMY, Date.now());
  if (!created.ok) throw new Error(created.error.code);
  await changeGeneration(press.id, ["submitting"], { due_at: Date.now() });
  return created.value.row;
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
    const { answer } = await readAndAdvance("owner", [row.id]);
    expect(answer.generations[0]).toMatchObject({
      status: "succeeded",
      outputs: [{ index: 0, kind: "video", url: `/api/generations/${row.id}/outputs/0` }],
    });
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
});
