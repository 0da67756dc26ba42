import { describe, expect, it } from "vitest";
import { fateOf } from "@/components/result/fate";
import { pressAsShown } from "@/components/result/shown";
import { appError, ERROR_CODES, ERROR_TEXT } from "@/lib/errors";
import type { Generation } from "@/lib/generations/schema";

const press = { id: "a", model: "m", input: {}, at: 0 };
const failed = (part: Partial<Generation>) => ({
  generation: { ...pressAsShown(press, "M", "refused").generation, ...part },
  origin: "row" as const,
});

describe("fateOf", () => {
  it("has nothing to say about what runs or is done", () => {
    for (const status of ["submitting", "queued", "processing", "succeeded"] as const) {
      expect(fateOf(failed({ status }))).toBeNull();
    }
  });

  it.each(ERROR_CODES)("offers only what can help after %s", (code) => {
    const fate = fateOf(failed({ error: appError(code) }));
    expect(fate?.title).toBe(ERROR_TEXT[code].title);
    expect(fate?.actions.length).toBeGreaterThan(0);
    if (code !== "not_confirmed") expect(fate?.actions.includes("again")).toBe(ERROR_TEXT[code].canRetry);
  });

  it("sets an apostrophe as its quotation marks are set", () => {
    expect(JSON.stringify(ERROR_TEXT)).not.toMatch(/\w'/);
  });

  it("says what the API reports, else what is certain, else that nobody knows", () => {
    const charged = (part: Partial<Generation>) => fateOf(failed(part))?.charged;
    expect(charged({ error: appError("task_failed"), costActual: 675_000 })?.answer).toBe("0.675.");
    expect(charged({ error: appError("task_failed"), costActual: 0 })?.answer).toBe("Nothing was charged.");
    expect(charged({ error: appError("moderated") })?.answer).toBe("Nothing was charged.");
    expect(charged({ error: appError("task_failed"), costEstimate: 675_000 })).toEqual({
      answer: "Not known.",
      more: "MindVideo reported no cost. The estimate was 0.675.",
    });
  });

  it("offers to load a page that has lost its cookie anew: nothing else gives it one", () => {
    expect(fateOf(failed({ error: appError("no_visitor") }))?.actions).toEqual(["reload"]);
  });

  it("lets the visitor decide where nobody can know", () => {
    expect(fateOf(failed({ status: "unconfirmed" }))?.actions).toEqual(["check", "leave"]);
    const letBe = fateOf(failed({ status: "failed", error: appError("not_confirmed") }));
    expect(letBe?.actions).toEqual(["again", "use"]);
    expect(letBe?.next).not.toContain("Check again");
  });

  it("calls the sandbox what it is", () => {
    const fate = fateOf(failed({ error: appError("task_failed"), costActual: 0 }), "the sandbox");
    expect(fate?.happened).toBe("The sandbox took the job and could not finish it.");
    expect(fate?.charged.answer).toBe("Nothing was charged.");
    const unclear = fateOf(failed({ status: "unconfirmed" }), "the sandbox");
    expect(unclear?.next).not.toContain("cost");
    expect(unclear?.charged.answer).toBe("Nothing was charged.");
    for (const code of ERROR_CODES) {
      expect(JSON.stringify(fateOf(failed({ error: appError(code) }), "the sandbox"))).not.toContain("MindVideo");
    }
  });

  it("tells how the limit stands that stood in the way", () => {
    const details = { limit: 25_000_000, spent: 24_500_000, reserved: 0, resetsAt: 1 };
    const fate = fateOf(failed({ error: appError("over_limit", { details }) }));
    expect(fate?.limit).toEqual(details);
    expect(fate?.charged.answer).toBe("Nothing was charged.");
  });

  it("says of what is watched no more that it may still cost, until it has ended", () => {
    const stopped = fateOf(failed({ status: "processing", error: null, stoppedAt: 1, costEstimate: 675_000 }));
    expect(stopped).toMatchObject({ title: "You stopped watching this one.", actions: ["look", "use"] });
    expect(stopped?.charged).toEqual({ answer: "Not known yet.", more: "The estimate was 0.675." });
    expect(fateOf(failed({ status: "succeeded", error: null, stoppedAt: 1 }))).toBeNull();
  });

  it("keeps a press that waits for the access code, and shows the way to it", () => {
    expect(fateOf(pressAsShown(press, "M", "locked"))?.actions).toEqual(["enter", "discard"]);
  });

  it("asks before it sends what was left behind", () => {
    expect(fateOf(pressAsShown(press, "M", "unsent"))?.actions).toEqual(["send", "discard", "use"]);
  });
});
