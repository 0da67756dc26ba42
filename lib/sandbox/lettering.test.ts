import { describe, expect, it } from "vitest";
import { textToSvg, textWidth, wrapText } from "@/lib/sandbox/lettering";

describe("wrapText", () => {
  const PROMPT = "A cinematic shot of a dancer turning under soft stage lighting.";

  it("keeps every line within the width, and every word in order", () => {
    const lines = wrapText("sans", PROMPT, 16, 200, 9);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(" ")).toBe(PROMPT);
    for (const line of lines) expect(textWidth("sans", line, 16)).toBeLessThanOrEqual(200);
  });

  it.each([
    ["too many words", PROMPT],
    ["one endless word", "x".repeat(500)],
    ["Chinese, which has no spaces", "永远的灯塔".repeat(30)],
  ])("ends in an ellipsis with %s", (_name, text) => {
    const lines = wrapText("sans", text, 16, 200, 2);
    expect(lines.length).toBeLessThanOrEqual(2);
    expect(lines.at(-1)).toMatch(/…$/);
    for (const line of lines) expect(textWidth("sans", line, 16)).toBeLessThanOrEqual(200);
  });

  it("looks at no more of a text than a label can show", () => {
    const endless = wrapText("sans", "x".repeat(5_000_000), 16, 200, 2);
    expect(endless).toEqual(wrapText("sans", "x".repeat(600), 16, 200, 2));
  });

  it("has no lines for nothing", () => {
    expect(wrapText("sans", "  \n ", 16, 200, 2)).toEqual([]);
  });
});

describe("textToSvg", () => {
  const place = { x: 0, y: 0, size: 16, fill: "#fff" };

  it("draws what Geist has as outlines, without any font", () => {
    const svg = textToSvg("sans", "Żółć, Привет! 0123", { ...place, fallback: true });
    expect(svg).toMatch(/<path/);
    expect(svg).not.toMatch(/<text/);
  });

  it("draws the rest with the machine's fonts, or as boxes where it has none", () => {
    expect(textToSvg("sans", "永", { ...place, fallback: true })).toMatch(/<text[^>]*>永<\/text>/);
    expect(textToSvg("sans", "永", { ...place, fallback: false })).toMatch(/<rect/);
  });

  it("lets no prompt write markup", () => {
    const svg = textToSvg("mono", "☃<script>&\u0000\u0007", { ...place, fallback: true });
    expect(svg).not.toMatch(/<script|&[^#]/);
    expect(svg).not.toMatch(/\p{Cc}/u);
  });
});
