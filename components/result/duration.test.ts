import { describe, expect, it } from "vitest";
import { ageText, clockText, costText, spanText, stepText, timecodeText } from "@/components/result/duration";

describe("clocks", () => {
  it.each([
    [0, "0:00"],
    [-500, "0:00"],
    [24_999, "0:24"],
    [725_000, "12:05"],
    [3_723_000, "1:02:03"],
  ])("shows %i ms as %s", (ms, text) => expect(clockText(ms)).toBe(text));

  it.each([
    [-1, "less than a minute"],
    [59_999, "less than a minute"],
    [60_000, "1 min"],
    [60_001, "2 min"],
    [3_600_000, "1 h 0 min"],
    [18_720_000, "5 h 12 min"],
  ])("says of %i ms that it is %s away", (ms, text) => expect(spanText(ms)).toBe(text));

  it("shows tenths for steps and hundredths for clips", () => {
    expect(stepText(9_240)).toBe("0:09.2");
    expect(stepText(59_990)).toBe("0:59.9");
    expect(timecodeText(2.1)).toBe("0:02.10");
    expect(timecodeText(59.999)).toBe("1:00.00");
    expect(timecodeText(Number.NaN)).toBe("0:00.00");
  });
});

describe("ageText", () => {
  it.each([
    [0, "now"],
    [59_999, "now"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [7_200_000, "2 h"],
    [172_800_000, "2 d"],
  ])("says %i ms as %s", (ms, text) => expect(ageText(ms)).toBe(text));
});

describe("costText", () => {
  it.each([
    [675_000, "0.675"],
    [2_700_000, "2.7"],
    [3_000_000, "3"],
    [1, "0.000001"],
    [0, "0"],
  ])("prints %i millionths as %s", (cost, text) => expect(costText(cost)).toBe(text));
});
