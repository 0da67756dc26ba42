import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { chargesOf, pressed, requireRow, SECOND, sendsOf, untilOver, vendor } from "@/e2e/fixtures/steps";
import { claimStep } from "@/lib/generations/mutations";
import { STEP_LEASE_MS } from "@/lib/generations/policy";
import { advanceClaimed, advanceDue } from "@/lib/generations/service";
import { isFinal } from "@/lib/generations/transitions";
import { EVENTS_TIMEOUT_MS, POLL_TIMEOUT_MS, SUBMIT_TIMEOUT_MS } from "@/lib/mindvideo/client";

it("claims for longer than any step can take", () => {
  expect(STEP_LEASE_MS).toBeGreaterThan(SUBMIT_TIMEOUT_MS);
  expect(STEP_LEASE_MS).toBeGreaterThan(POLL_TIMEOUT_MS + EVENTS_TIMEOUT_MS);
});

it("goes from a press to a stored result, with the events of its way", async () => {
  const row = await pressed();
  await advanceClaimed(row);
  expect(await requireRow(row.id)).toMatchObject({
    ...{ status: "queued", attempts: 1, accepted_at: Date.now(), due_at: Date.now() + SECOND },
    ...{ cost_estimate: 135_000, cost_actual: null, task_id: expect.any(String), payload_hash: expect.any(String) },
  });
  const { row: done, waits } = await untilOver(row.id);
  expect(waits).toEqual([SECOND, SECOND]);
  expect(done).toMatchObject({ status: "succeeded", cost_actual: 135_000, finished_at: Date.now(), error: null });
  expect(JSON.parse(done.outputs ?? "")).toEqual([{ kind: "video", url: expect.stringContaining("/files/") }]);
  const events = JSON.parse(done.events ?? "") as { name: string }[];
  expect(events.map((event) => event.name)).toEqual(["queued", "processing", "succeeded"]);
  expect(chargesOf(row.id)).toHaveLength(1);
});

it("sends exactly the input, under the id of the press", async () => {
  const row = await pressed('一只猫 🐈 "quoted"');
  await advanceClaimed(row);
  const [sent] = sendsOf(row.id);
  expect(sent?.headers.authorization).toBe("the right key");
  expect(JSON.parse(sent?.body ?? "")).toEqual({ model: "viduq3-pro", input: JSON.parse(row.input) });
  expect((await requireRow(row.id)).payload_hash).toBe(sent?.sha256);
});

describe("a server that slept through its claim", () => {
  it("sends nothing any more once another does", async () => {
    const prompt = randomUUID();
    const slept = await pressed(prompt);
    vi.setSystemTime(Date.now() + STEP_LEASE_MS);
    vendor.next({ prompt, delayMs: 1_000 });
    const other = advanceDue([slept.id]);
    await expect.poll(() => sendsOf(slept.id).length).toBe(1);
    await advanceClaimed(slept);
    await other;
    expect(sendsOf(slept.id)).toHaveLength(1);
    expect(await requireRow(slept.id)).toMatchObject({ status: "queued", attempts: 1 });
  });

  it("in the middle of a send does not end what another is about to hear of", async () => {
    const prompt = randomUUID();
    const row = await pressed(prompt);
    // Its own attempt is refused, but only after the other's has come through to the vendor.
    vendor.next({ prompt, delayMs: 1_500, status: 400, body: {} }, { prompt, delayMs: 3_000 });
    const slept = advanceClaimed(row);
    await expect.poll(() => sendsOf(row.id).length).toBe(1);
    vi.setSystemTime(Date.now() + STEP_LEASE_MS);
    const other = advanceDue([row.id]);
    await slept;
    expect((await requireRow(row.id)).status).toBe("submitting");
    await other;
    expect(await requireRow(row.id)).toMatchObject({ status: "queued", attempts: 2 });
    expect(chargesOf(row.id)).toHaveLength(1);
  });
});

it("is not sent twice by two servers that both find it due", async () => {
  const row = await pressed();
  vi.setSystemTime(row.due_at ?? 0);
  await Promise.all([advanceDue([row.id]), advanceDue([row.id]), advanceDue([row.id])]);
  expect(sendsOf(row.id)).toHaveLength(1);
  expect(await claimStep(row.id, Date.now())).toBeUndefined();
});

it("leaves a final row as it is, whatever comes late", async () => {
  const row = await pressed();
  await advanceClaimed(row);
  const { row: done } = await untilOver(row.id);
  expect(isFinal(done.status)).toBe(true);
  await advanceClaimed({ ...done, status: "processing" });
  expect(await requireRow(row.id)).toMatchObject({ status: "succeeded", due_at: null, outputs: done.outputs });
});
