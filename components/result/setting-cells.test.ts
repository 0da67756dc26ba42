import { describe, expect, it } from "vitest";
import { hasFixedSeed, settingCells, withNewSeed } from "@/components/result/setting-cells";
import type { Model } from "@/lib/models/schema";

const model: Model = {
  slug: "any",
  name: "Any",
  inputSchema: {
    type: "object",
    properties: {
      seed: { type: "integer", title: "Seed", minimum: -1, maximum: 99, "x-playground": { advanced: true } },
      loud: { type: "boolean", title: "Loud" },
      prompt: { type: "string", "x-playground": { widget: "textarea" } },
      duration: { type: "integer", title: "Length" },
      refs: { type: "array", items: { type: "string" }, "x-playground": { widget: "file-upload" } },
      style_name: { type: "string" },
    },
  },
};

describe("settingCells", () => {
  it("shows what was sent, by the schema's titles, and keeps false, 0 and -1", () => {
    const input = {
      prompt: "A hill",
      refs: ["https://a/b.png"],
      loud: false,
      duration: 5,
      seed: -1,
      style_name: "ink",
    };
    const cells = settingCells(model, input).map(({ label, value }) => `${label} ${value}`);
    expect(new Set(cells)).toEqual(new Set(["Length 5 s", "Style name ink", "Loud Off", "Seed -1"]));
    expect(settingCells(model, input).find(({ label }) => label === "Seed")?.isSaid).toBe(false);
  });

  it("leaves out what was not sent and what has no short form", () => {
    expect(settingCells(model, { prompt: "x", style_name: "x".repeat(25) })).toEqual([]);
  });
});

describe("seeds", () => {
  it("are fixed from zero on", () => {
    expect(hasFixedSeed(model, { seed: 0 })).toBe(true);
    expect(hasFixedSeed(model, { seed: -1 })).toBe(false);
    expect(hasFixedSeed(model, {})).toBe(false);
  });

  it("are made anew within the model's bounds", () => {
    for (let round = 0; round < 200; round++) {
      const { seed } = withNewSeed(model, { prompt: "x", seed: 5 });
      expect(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 99).toBe(true);
    }
  });
});
