import { describe, expect, it } from "vitest";
import { clipTicks, gaugeMs } from "@/components/result/ruler";

describe("gaugeMs", () => {
  it("grows before the needle reaches the end, for any wait", () => {
    for (const elapsed of [0, 20_000, 27_000, 100_000, 3_000_000, 3_600_000, 90_000_000]) {
      expect(gaugeMs(elapsed)).toBeGreaterThan(elapsed);
    }
    expect(gaugeMs(26_999)).toBe(30_000);
    expect(gaugeMs(27_000)).toBe(60_000);
  });
});

describe("clipTicks", () => {
  it("labels the seconds of a short clip and leaves the end to the length", () => {
    const labels = clipTicks(5).flatMap((tick) => tick.label ?? []);
    expect(labels).toEqual(["0", "1", "2", "3", "4"]);
    expect(clipTicks(5).at(-1)?.at).toBeCloseTo(1);
  });

  it("takes a rounder step in a long clip and keeps labels apart", () => {
    expect(clipTicks(16).flatMap((tick) => tick.label ?? [])).toEqual(["0", "2", "4", "6", "8", "10", "12", "14"]);
    expect(clipTicks(5.2).flatMap((tick) => tick.label ?? [])).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("draws nothing while the length is unknown", () => {
    expect(clipTicks(Number.NaN)).toEqual([]);
    expect(clipTicks(0)).toEqual([]);
  });
});
