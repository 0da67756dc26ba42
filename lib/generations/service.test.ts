import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { type Fault, startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import { db } from "@/lib/db/client";
import type { GenerationRow } from "@/lib/db/schema";
import type { AppError } from "@/lib/errors";
import { findGeneration } from "@/lib/generations/data";
import { changeGeneration, claimStep, enterStatus } from "@/lib/generations/mutations";
import { GIVE_UP_MS, STEP_LEASE_MS } from "@/lib/generations/policy";
import type { TaskEvent } from "@/lib/generations/schema";
import { advanceClaimed, advanceDue } from "@/lib/generations/service";
import { isFinal, isWatched } from "@/lib/generations/transitions";
import { EVENTS_TIMEOUT_MS, POLL_TIMEOUT_MS, SUBMIT_TIMEOUT_MS } from "@/lib/mindvideo/client";
import { removeOne } from "@/lib/removals/service";
import { findSpend } from "@/lib/spend/data";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 22, 12, 0, 0);

let vendor: Vendor;

beforeAll(async () => {
  vendor = await startVendor({ now: () => Date.now() });
  Object.assign(process.env, vendor.env, { VENDOR_RPS: "1000" });
});
afterAll(() => vendor.close());

let clock = START;
beforeEach(() => {
  // Only the clock is ours; the connections and their timers are real.
  vi.useFakeTimers({ toFake: ["Date"], now: clock });
});
afterEach(() => {
  clock = Date.now() + 60 * MINUTE;
  vi.useRealTimers();
  vendor.clear();
});

/** A press with its row, as the action makes it; `prompt` picks the faults that are meant for it. */
const pressed = (prompt: string = randomUUID()): Promise<GenerationRow> =>
  storePress({ upstream: "mindvideo", prompt, input: JSON.stringify({ prompt, duration: 1 }) });

async function requireRow(id: string): Promise<GenerationRow> {
  const row = await findGeneration(id);
  if (!row) throw new Error("The row is gone");
  return row;
}

/** Lets time pass to the row's next step and does it. Returns the row after it, and how long it had to wait. */
async function nextStep(id: string): Promise<{ row: GenerationRow; waited: number }> {
  const before = await requireRow(id);
  const waited = Math.max(0, (before.due_at ?? Number.NaN) - Date.now());
  vi.setSystemTime(Date.now() + waited);
  await advanceDue([id]);
  return { row: await requireRow(id), waited };
}

/** Goes on until nothing is left to do; returns the last row and every wait between two steps. */
async function untilOver(id: string, maxSteps = 200): Promise<{ row: GenerationRow; waits: number[] }> {
  const waits: number[] = [];
  let row = await requireRow(id);
  while (row.due_at !== null && waits.length < maxSteps) {
    const step = await nextStep(id);
    row = step.row;
    waits.push(step.waited);
  }
  return { row, waits };
}

/** Runs `work` while the vendor refuses connections. */
async function whileDown(work: () => Promise<unknown>): Promise<void> {
  await vendor.goDown();
  try {
    // Until the connections that were kept open are noticed to be gone.
    await expect.poll(() => fetch(vendor.url).catch((error) => error.cause?.code)).toBe("ECONNREFUSED");
    await work();
  } finally {
    await vendor.comeBack();
  }
}

const errorOf = (row: GenerationRow) => JSON.parse(row.error ?? "null") as AppError | null;
const sendsOf = (id: string) =>
  vendor.requests("submit").filter((request) => request.headers["idempotency-key"] === id);
const chargesOf = (id: string) => vendor.ledger().filter((charge) => charge.key === id);

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

describe("an attempt that MindVideo clearly refuses ends at once, at no cost", () => {
  const refusals: [number, unknown, Partial<AppError>][] = [
    [400, { error: { message: "Bad." } }, { code: "bad_request", message: "Bad." }],
    [401, { error: "No such key" }, { code: "key_refused", message: "No such key" }],
    [402, { message: "Top up" }, { code: "no_credit", message: "Top up" }],
    [403, "", { code: "forbidden", message: null }],
    [404, { detail: "Unknown model" }, { code: "model_gone", message: "Unknown model" }],
    [409, { error: { message: "Other input" } }, { code: "conflict", message: "Other input" }],
    [422, { error: { message: "Too long", field: "input.prompt" } }, { code: "refused", field: "prompt" }],
    [422, { error: { code: "moderated", message: "No.", field: "prompt" } }, { code: "moderated", field: "prompt" }],
  ];

  it.each(refusals)("%i %j", async (status, body, error) => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", status, body });
    await advanceClaimed(row);
    const failed = await requireRow(row.id);
    expect(failed).toMatchObject({ status: "failed", due_at: null, finished_at: Date.now(), may_have_arrived: 0 });
    expect(errorOf(failed)).toMatchObject(error);
    expect(sendsOf(row.id)).toHaveLength(1);
    expect(chargesOf(row.id)).toHaveLength(0);
  });
});

describe("an attempt that may go better next time is made again, with the same key and bytes", () => {
  const again: [string, Fault, mayHaveArrived: 0 | 1, delay: [number, number]][] = [
    ["408", { status: 408 }, 1, [750, 1_250]],
    ["429 without Retry-After", { status: 429 }, 0, [750, 1_250]],
    ["429 with Retry-After 7", { status: 429, headers: { "Retry-After": "7" } }, 0, [7_000, 7_000]],
    ["500", { status: 500 }, 1, [750, 1_250]],
    ["502 with a page", { status: 502, body: "<html>Bad gateway</html>" }, 1, [750, 1_250]],
    ["503 with Retry-After 30", { status: 503, headers: { "Retry-After": "30" } }, 1, [30_000, 30_000]],
    ["a connection cut before the task was made", { cut: true }, 1, [750, 1_250]],
    ["a connection cut after the task was made", { cut: true, makeTask: true }, 1, [750, 1_250]],
    ["an answer cut in the middle", { cut: "body", makeTask: true }, 1, [750, 1_250]],
    ["a success that is not JSON", { status: 200, body: "OK", makeTask: true }, 1, [750, 1_250]],
    ["a success of another shape", { status: 201, body: { hello: "world" }, makeTask: true }, 1, [750, 1_250]],
  ];

  it.each(again)("%s", async (_name, fault, mayHaveArrived, [shortest, longest]) => {
    const row = await pressed();
    vendor.next({ ...fault, prompt: row.prompt ?? "" });
    await advanceClaimed(row);
    const waiting = await requireRow(row.id);
    expect(waiting).toMatchObject({ status: "submitting", attempts: 1, may_have_arrived: mayHaveArrived });
    const delay = (waiting.due_at ?? 0) - Date.now();
    expect(delay).toBeGreaterThanOrEqual(shortest);
    expect(delay).toBeLessThanOrEqual(longest);
    const { row: done } = await untilOver(row.id);
    expect(done.status).toBe("succeeded");
    const [first, second] = sendsOf(row.id);
    expect(second?.sha256).toBe(first?.sha256);
    expect(chargesOf(row.id)).toHaveLength(1);
  });

  it("waits longer after each failure, up to half a minute", async () => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", status: 500, times: 8 });
    await advanceClaimed(row);
    const { waits } = await untilOver(row.id, 8);
    const expected = [1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * SECOND);
    expected.forEach((wait, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(Math.min(wait * 0.75, 22_500));
      expect(waits[index]).toBeLessThanOrEqual(Math.min(wait * 1.25, 30_000));
    });
  });

  it("while MindVideo takes no connections, which certainly cost nothing", async () => {
    const row = await pressed();
    await whileDown(async () => {
      await advanceClaimed(row);
      await nextStep(row.id);
    });
    expect(await requireRow(row.id)).toMatchObject({ status: "submitting", attempts: 2, may_have_arrived: 0 });
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
    expect(chargesOf(row.id)).toHaveLength(1);
  });

  it("when no answer comes within the time of an attempt", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() });
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", hang: true, makeTask: true });
    const sending = advanceClaimed(row);
    await vi.waitUntil(() => sendsOf(row.id).length === 1);
    await vi.advanceTimersByTimeAsync(SUBMIT_TIMEOUT_MS);
    await sending;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    expect(await requireRow(row.id)).toMatchObject({ status: "submitting", attempts: 1, may_have_arrived: 1 });
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
    expect(chargesOf(row.id)).toHaveLength(1);
  });
});

describe("after an attempt that may have arrived", () => {
  async function afterDoubt() {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", cut: true, makeTask: true });
    await advanceClaimed(row);
    return row;
  }

  it("a conflict is tried again: it can be that attempt, still under way", async () => {
    const row = await afterDoubt();
    vendor.next({ prompt: row.prompt ?? "", status: 409 });
    expect((await nextStep(row.id)).row.status).toBe("submitting");
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
  });

  it.each([400, 401, 402, 403, 404, 422])("a %i leaves it unconfirmed, and nothing is sent again", async (status) => {
    const row = await afterDoubt();
    vendor.next({ prompt: row.prompt ?? "", status, body: { message: "No." } });
    const { row: unsure } = await nextStep(row.id);
    expect(unsure).toMatchObject({ status: "unconfirmed", due_at: null });
    expect(errorOf(unsure)).toMatchObject({ code: "not_confirmed", message: "No." });
    expect(sendsOf(row.id)).toHaveLength(2);
  });

  it("a body that would be another one is never sent", async () => {
    const row = await afterDoubt();
    await changeGeneration(row.id, ["submitting"], { input: JSON.stringify({ prompt: "changed" }) });
    const { row: unsure } = await nextStep(row.id);
    expect(unsure.status).toBe("unconfirmed");
    expect(errorOf(unsure)?.code).toBe("changed_payload");
    expect(sendsOf(row.id)).toHaveLength(1);
  });

  it("what was pressed in the sandbox is not sent to MindVideo once there is a key", async () => {
    const row = await pressed();
    await changeGeneration(row.id, ["submitting"], { upstream: "sandbox" });
    const { row: failed } = await nextStep(row.id);
    expect(failed.status).toBe("failed");
    expect(errorOf(failed)?.code).toBe("not_sent");
    expect(sendsOf(row.id)).toHaveLength(0);
  });

  it("a server that died in the middle of it leaves it looking as if it arrived", async () => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", hang: true });
    void advanceClaimed(row);
    await vi.waitUntil(() => sendsOf(row.id).length === 1);
    expect(await requireRow(row.id)).toMatchObject({ attempts: 1, may_have_arrived: 1, status: "submitting" });
  });
});

describe("a press that was deleted", () => {
  it("before anything of it can have arrived is never sent, and costs nothing", async () => {
    const row = await pressed();
    await whileDown(() => advanceClaimed(row));
    expect(await removeOne(row.owner, row.id)).toBe(true);
    const { row: over } = await nextStep(row.id);
    expect(over).toMatchObject({ status: "failed", owner: "", reserved: 0, attempts: 1 });
    expect([sendsOf(row.id), chargesOf(row.id)]).toEqual([[], []]);
  });

  it("between its claim and its sending is not sent either, and is gone at once", async () => {
    const price = { upstream: "mindvideo" as const, model: "viduq3-pro", settings: "settings", cost: 300, seen_at: 0 };
    await (await db())
      .insertInto("prices")
      .values(price)
      .onConflict((known) => known.doNothing())
      .execute();
    const row = await pressed();
    expect(row.reserved).toBeGreaterThan(0);
    const held = async () => (await findSpend(await db(), "mindvideo:all", row.spend_day ?? "")).reserved;
    const before = await held();
    expect(await removeOne(row.owner, row.id)).toBe(true);
    // What the claimer was given before that says nothing of it.
    await advanceClaimed(row);
    expect(await requireRow(row.id)).toMatchObject({ status: "failed", owner: "", reserved: 0, attempts: 0 });
    expect([sendsOf(row.id), chargesOf(row.id), await held()]).toEqual([[], [], before - row.reserved]);
  });

  it("after an attempt that may have arrived is seen to its end", async () => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", cut: true, makeTask: true });
    await advanceClaimed(row);
    await removeOne(row.owner, row.id);
    const { row: over } = await untilOver(row.id);
    expect(over).toMatchObject({ status: "succeeded", owner: "" });
    expect(chargesOf(row.id)).toHaveLength(1);
  });
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

describe("after ten minutes", () => {
  it("it has failed when nothing can have arrived", async () => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", status: 429, times: "always" });
    await advanceClaimed(row);
    const { row: failed } = await untilOver(row.id);
    expect(failed.status).toBe("failed");
    expect(errorOf(failed)?.code).toBe("not_sent");
    expect(Date.now() - row.created_at).toBe(GIVE_UP_MS);
    expect(chargesOf(row.id)).toHaveLength(0);
  });

  it("it is unconfirmed when something may have arrived, and checking again finds it at no second charge", async () => {
    const row = await pressed();
    vendor.next({ prompt: row.prompt ?? "", status: 502, times: "always", makeTask: true });
    await advanceClaimed(row);
    const { row: unsure } = await untilOver(row.id);
    expect(unsure).toMatchObject({ status: "unconfirmed", due_at: null });
    expect(errorOf(unsure)?.code).toBe("not_confirmed");
    vendor.clear();
    const now = Date.now();
    await enterStatus(row.id, "submitting", { due_at: now, send_since: now });
    const { row: done } = await untilOver(row.id);
    expect(done).toMatchObject({ status: "succeeded", error: null });
    expect(new Set(sendsOf(row.id).map((sent) => sent.sha256)).size).toBe(1);
    expect(chargesOf(row.id)).toHaveLength(1);
  });

  it("a press that a dead server never sent is not sent by itself any more", async () => {
    const row = await pressed();
    vi.setSystemTime(Date.now() + GIVE_UP_MS);
    const { row: failed } = await untilOver(row.id);
    expect(errorOf(failed)?.code).toBe("not_sent");
    expect(sendsOf(row.id)).toHaveLength(0);
  });
});

describe("asking about a task", () => {
  async function accepted(settings: Parameters<Vendor["set"]>[0] = {}) {
    vendor.set(settings);
    const row = await pressed();
    await advanceClaimed(row);
    return requireRow(row.id);
  }

  it.each([401, 403, 408, 429, 500, 502, 503])("a %i changes nothing but the interval, which grows", async (status) => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", status, times: 3 });
    const waits: number[] = [];
    for (let step = 0; step < 4; step += 1) {
      const { row: after, waited } = await nextStep(row.id);
      waits.push(waited);
      if (step < 3) expect(after.status).toBe("queued");
    }
    expect(waits).toEqual([SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]);
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
  });

  it("honours a longer Retry-After", async () => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", status: 429, headers: { "Retry-After": "45" } });
    await nextStep(row.id);
    expect((await nextStep(row.id)).waited).toBe(45 * SECOND);
  });

  it.each<[string, Fault]>([
    ["a cut connection", { cut: true }],
    ["an answer cut in the middle", { cut: "body" }],
    ["no JSON", { status: 200, body: "fine" }],
    ["JSON of another shape", { status: 200, body: [1, 2] }],
  ])("%s changes nothing either", async (_name, fault) => {
    const row = await accepted();
    vendor.next({ ...fault, on: "task", taskId: row.task_id ?? "" });
    const { row: after } = await nextStep(row.id);
    expect(["queued", "processing"]).toContain(after.status);
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
  });

  it("five minutes without a connection are no error", async () => {
    const row = await accepted();
    await whileDown(async () => {
      const until = Date.now() + 5 * MINUTE;
      while (Date.now() < until) expect(isWatched((await nextStep(row.id)).row.status)).toBe(true);
    });
    expect((await untilOver(row.id)).row).toMatchObject({ status: "succeeded", error: null });
  });

  it("a task that takes an hour is still rendering, and asked about ever less often", async () => {
    const row = await accepted({ hold: "processing" });
    const asked = vendor.requests("task").length;
    const seen = new Map<number, number>();
    while (Date.now() < row.created_at + 60 * MINUTE) {
      const { row: after, waited } = await nextStep(row.id);
      seen.set(waited, (seen.get(waited) ?? 0) + 1);
      expect(after).toMatchObject({ status: "processing", error: null });
    }
    expect([...seen.keys()].toSorted((a, b) => a - b)).toEqual([1, 3, 5, 15].map((seconds) => seconds * SECOND));
    // Three minutes at 1 s, seven at 3 s, twenty at 5 s, thirty at 15 s.
    expect(vendor.requests("task").length - asked).toBeLessThanOrEqual(180 + 140 + 240 + 120 + 2);
    vendor.set({ hold: null });
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
  }, 60_000);

  it("a task MindVideo does not know is waited for, and given up after ten minutes", async () => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", status: 404, times: "always" });
    const { row: failed } = await untilOver(row.id, 1_000);
    expect(failed.status).toBe("failed");
    expect(errorOf(failed)?.code).toBe("task_missing");
    expect(Date.now() - row.created_at).toBeGreaterThanOrEqual(GIVE_UP_MS);
  });

  it("a task that was only late to be known goes on", async () => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", status: 404, times: 5 });
    expect((await untilOver(row.id)).row).toMatchObject({ status: "succeeded", missing_since: null });
  });

  it("an unknown status is read as rendering", async () => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", patch: { status: "upscaling" }, times: 2 });
    expect((await nextStep(row.id)).row.status).toBe("processing");
    expect((await untilOver(row.id)).row.status).toBe("succeeded");
  });

  it("an output whose address is a list of strings is one output each", async () => {
    const row = await accepted();
    const output = { videos: [{ url: [`${vendor.url}/files/a/0.mp4`, `${vendor.url}/files/b/0.mp4`] }] };
    vendor.next({ on: "task", taskId: row.task_id ?? "", patch: { status: "succeeded", output } });
    const { row: done } = await nextStep(row.id);
    expect(JSON.parse(done.outputs ?? "")).toHaveLength(2);
  });

  it("a success without an output is asked about again, and given up after ten minutes", async () => {
    const row = await accepted();
    vendor.next({ on: "task", taskId: row.task_id ?? "", patch: { status: "succeeded" }, omit: ["output"], times: 3 });
    expect((await nextStep(row.id)).row.status).toBe("queued");
    expect((await untilOver(row.id)).row.status).toBe("succeeded");

    const other = await accepted();
    vendor.next({
      on: "task",
      taskId: other.task_id ?? "",
      patch: { status: "succeeded", output: null },
      times: "always",
    });
    const { row: failed } = await untilOver(other.id, 1_000);
    expect(failed).toMatchObject({ status: "failed", cost_actual: expect.toBeOneOf([135_000, null]) });
    expect(errorOf(failed)?.code).toBe("no_output");
  });

  it.each([
    ["error", { error: "GPU on fire" }],
    ["error.message", { error: { message: "GPU on fire" } }],
    ["message", { message: "GPU on fire" }],
    ["fail_reason", { fail_reason: "GPU on fire" }],
  ])("a failed task tells its reason from %s, and what it cost", async (_place, answer) => {
    const word = randomUUID();
    vendor.ending({ prompt: word, status: "failed", answer: { ...answer, cost_actual: 0 } });
    const row = await pressed(word);
    await advanceClaimed(row);
    const { row: failed } = await untilOver(row.id);
    expect(failed).toMatchObject({ status: "failed", cost_actual: 0, finished_at: expect.any(Number) });
    expect(errorOf(failed)).toEqual({ code: "task_failed", message: "GPU on fire", field: null });
  });

  it("a cancelled task is cancelled, whose cost is not known unless it is reported", async () => {
    const word = randomUUID();
    vendor.ending({ prompt: word, status: "cancelled" });
    const row = await pressed(word);
    await advanceClaimed(row);
    const { row: cancelled } = await untilOver(row.id);
    expect(cancelled).toMatchObject({ status: "cancelled", cost_actual: null });
    expect(errorOf(cancelled)?.code).toBe("task_cancelled");
  });

  it.each(["list", "object", "stream", "lines", "odd"] as const)("takes events as %s", async (events) => {
    const row = await accepted({ events });
    const list = JSON.parse((await requireRow(row.id)).events ?? "[]") as TaskEvent[];
    expect(list).toHaveLength(events === "odd" ? 0 : 1);
    for (const event of list) expect(event).toMatchObject({ at: row.created_at, name: expect.any(String) });
  });

  it("goes on without events that cannot be had", async () => {
    vendor.next({ on: "events", status: 500, times: "always" });
    const row = await accepted();
    expect((await untilOver(row.id)).row).toMatchObject({ status: "succeeded", events: null });
  });

  it("asks once, however many want to know", async () => {
    const row = await accepted({ hold: "queued" });
    vendor.set({ hold: "processing" });
    const eventsAsked = () => vendor.requests("events").filter((request) => request.path.includes(row.task_id ?? "-"));
    expect(eventsAsked()).toHaveLength(1);
    const asked = () => vendor.requests("task").filter((request) => request.path.endsWith(row.task_id ?? "-")).length;
    vi.setSystemTime(row.due_at ?? 0);
    await Promise.all(Array.from({ length: 50 }, () => advanceDue([row.id])));
    expect(asked()).toBe(1);
    expect(eventsAsked()).toHaveLength(2);
  });
});

describe("a file that is gone when it is to be sent", () => {
  const missing = { image_urls: [`upload:${"0".repeat(64)}`] };
  const withMissing = async (arrived: 0 | 1) => {
    const row = await pressed();
    const input = JSON.stringify({ ...JSON.parse(row.input), ...missing });
    await changeGeneration(row.id, ["submitting"], { input, may_have_arrived: arrived, attempts: arrived });
    await advanceClaimed(await requireRow(row.id));
    expect(sendsOf(row.id)).toHaveLength(0);
    return requireRow(row.id);
  };

  it("ends it at no cost when nothing can have arrived before", async () => {
    const failed = await withMissing(0);
    expect(failed).toMatchObject({ status: "failed", due_at: null, finished_at: Date.now(), sent_at: null });
    expect(errorOf(failed)?.code).toBe("file_missing");
  });

  it("ends it too when its model is gone, which alone knows where files stand", async () => {
    const row = await pressed();
    await (await db())
      .insertInto("upload_uses")
      .values({ generation: row.id, sha256: "0".repeat(64), owner: row.owner })
      .execute();
    await changeGeneration(row.id, ["submitting"], { model: "retired-model" });
    await advanceClaimed(await requireRow(row.id));
    expect(sendsOf(row.id)).toHaveLength(0);
    expect(errorOf(await requireRow(row.id))?.code).toBe("unknown_model");
  });

  it("leaves it open when an earlier attempt may have arrived", async () => {
    const open = await withMissing(1);
    expect(open).toMatchObject({ status: "unconfirmed", due_at: null });
    expect(errorOf(open)?.code).toBe("not_confirmed");
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
