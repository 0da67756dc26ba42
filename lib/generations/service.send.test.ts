import { describe, expect, it, vi } from "vitest";
import {
  chargesOf,
  errorOf,
  nextStep,
  pressed,
  requireRow,
  SECOND,
  sendsOf,
  untilOver,
  vendor,
  whileDown,
} from "@/e2e/fixtures/steps";
import type { Fault } from "@/e2e/fixtures/vendor";
import { db } from "@/lib/db/client";
import type { AppError } from "@/lib/errors";
import { changeGeneration, enterStatus } from "@/lib/generations/mutations";
import { GIVE_UP_MS } from "@/lib/generations/policy";
import { advanceClaimed } from "@/lib/generations/service";
import { SUBMIT_TIMEOUT_MS } from "@/lib/mindvideo/client";
import { removeOne } from "@/lib/removals/service";
import { findSpend } from "@/lib/spend/data";

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
