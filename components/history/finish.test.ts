import { describe, expect, it } from "vitest";
import { finishText, justFinished } from "@/components/history/finish";
import type { Generation } from "@/lib/generations/schema";
import type { Status } from "@/lib/generations/transitions";

const row = (id: string, status: Status) => ({ id, status }) as Generation;

describe("justFinished", () => {
  it("hears each way of ending once", () => {
    const before = new Map<string, Status>([
      ["a", "processing"],
      ["b", "queued"],
      ["c", "submitting"],
      ["d", "succeeded"],
      ["e", "queued"],
    ]);
    const now = [
      row("a", "succeeded"),
      row("b", "failed"),
      row("c", "unconfirmed"),
      row("d", "succeeded"),
      row("e", "processing"),
    ];
    expect(justFinished(before, now).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("says nothing about what was finished when the page opened", () => {
    expect(justFinished(new Map(), [row("a", "succeeded")])).toEqual([]);
  });
});

describe("finishText", () => {
  it("shortens by characters, not by halves of them, and keeps one line", () => {
    expect(finishText("Done", "A hill\n at  dawn")).toBe("Done: A hill at dawn");
    expect(finishText("Done", "🙂".repeat(41))).toBe(`Done: ${"🙂".repeat(40)}…`);
    expect(finishText("Failed", null)).toBe("Failed");
  });
});
