import { describe, expect, it } from "vitest";
import { refusalsOf, standingRefusals } from "@/components/playground/refusals";
import { appError } from "@/lib/errors";

describe("refusals", () => {
  const UNEXPLAINED = "This was refused. What is known of it stands in the result.";
  const input = { prompt: "A burning cliff", duration: 5 };

  it("come from the server's findings or from MindVideo's own field", () => {
    const issues = [{ field: "duration", message: "Duration must be at most 3." }];
    expect(refusalsOf(appError("invalid_input", { issues }), input)).toEqual([
      { field: "duration", message: "Duration must be at most 3.", value: 5 },
    ]);
    expect(refusalsOf(appError("moderated", { field: "prompt" }), input)).toEqual([
      { field: "prompt", message: UNEXPLAINED, value: "A burning cliff" },
    ]);
    expect(refusalsOf(appError("no_credit"), input)).toEqual([]);
  });

  it("stand only while the form holds the refused value", () => {
    const refused = refusalsOf(appError("moderated", { field: "prompt" }), input);
    expect(standingRefusals(refused, { prompt: "A burning cliff" })).toEqual([
      { field: "prompt", message: UNEXPLAINED },
    ]);
    expect(standingRefusals(refused, { prompt: "A calm cliff" })).toEqual([]);
    const images = [{ field: "image_urls", message: "Refused.", value: ["a", "b"] }];
    expect(standingRefusals(images, { image_urls: ["a", "b"] }).length).toBe(1);
    expect(standingRefusals(images, { image_urls: ["b", "a"] })).toEqual([]);
  });
});
