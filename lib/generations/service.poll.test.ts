import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import {
  errorOf,
  MINUTE,
  nextStep,
  pressed,
  requireRow,
  SECOND,
  untilOver,
  vendor,
  whileDown,
} from "@/e2e/fixtures/steps";
import type { Fault, Vendor } from "@/e2e/fixtures/vendor";
import { GIVE_UP_MS } from "@/lib/generations/policy";
import type { TaskEvent } from "@/lib/generations/schema";
import { advanceClaimed, advanceDue } from "@/lib/generations/service";
import { isWatched } from "@/lib/generations/transitions";

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
