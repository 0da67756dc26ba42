import { describe, expect, it } from "vitest";
import { stepsOf } from "@/components/result/steps";
import type { Generation } from "@/lib/generations/schema";

const generation = (part: Partial<Generation>): Generation => ({
  id: "a",
  model: "m",
  modelName: "M",
  input: {},
  status: "submitting",
  createdAt: 1000,
  sentAt: null,
  acceptedAt: null,
  finishedAt: null,
  taskId: null,
  requestId: null,
  costEstimate: null,
  costActual: null,
  outputs: [],
  events: [],
  error: null,
  favorite: false,
  parentId: null,
  stoppedAt: null,
  shared: null,
  ...part,
});
const names = (part: Partial<Generation>) => stepsOf(generation(part)).map((step) => step.name);

describe("stepsOf", () => {
  it("tells the ordinary way with times from the press", () => {
    const steps = stepsOf(
      generation({
        status: "processing",
        acceptedAt: 1400,
        events: [
          { at: 1300, name: "task.created", detail: null },
          { at: 2900, name: "queued", detail: null },
          { at: 10_200, name: "processing", detail: null },
        ],
      }),
    );
    expect(steps).toEqual([
      { name: "Saved", afterMs: 0, state: "past" },
      { name: "Accepted", afterMs: 400, state: "past" },
      { name: "Queued", afterMs: 1900, state: "past" },
      { name: "Rendering", afterMs: 9200, state: "current" },
    ]);
  });

  it("names the present state when MindVideo tells no events", () => {
    expect(names({ status: "submitting" })).toEqual(["Saved", "Sending"]);
    expect(names({ status: "queued", acceptedAt: 1200 })).toEqual(["Saved", "Accepted", "Queued"]);
    expect(names({ status: "processing", acceptedAt: 1200 })).toEqual(["Saved", "Accepted", "Rendering"]);
  });

  it("keeps unknown events under their own name and repeats none", () => {
    const events = [
      { at: null, name: "upscale_started", detail: null },
      { at: null, name: "upscale_started", detail: null },
    ];
    expect(names({ status: "processing", events })).toEqual(["Saved", "Upscale started", "Rendering"]);
  });

  it("ends with how it ended, and a clock that runs ahead never gives a time before the press", () => {
    const steps = stepsOf(
      generation({ status: "failed", finishedAt: 8100, events: [{ at: 1, name: "queued", detail: null }] }),
    );
    expect(steps.at(1)).toEqual({ name: "Queued", afterMs: 0, state: "past" });
    expect(steps.at(-1)).toEqual({ name: "Failed", afterMs: 7100, state: "dead" });
  });
});
