import { expect, it } from "vitest";
import { familyOf, titleOfClip } from "@/components/result/family";
import { pressAsShown, type Shown } from "@/components/result/shown";
import type { Model } from "@/lib/models/schema";

const MODEL: Model = {
  slug: "m",
  name: "M",
  inputSchema: { type: "object", properties: { prompt: { type: "string" } } },
};
const [A, B, C, GONE] = ["aaaaaaaa-a", "bbbbbbbb-b", "cccccccc-c", "dddddddd-d"] as const;

const clip = (id: string, parentId: string | null, prompt?: string): Shown =>
  pressAsShown({ id, model: "m", input: prompt ? { prompt } : {}, parentId, at: 1 }, "M", "sending");

it("names the clip before and counts those after, newest first", () => {
  const first = clip(A, null, "a hill");
  const items = [clip(C, A), clip(B, A), first];
  expect(familyOf(items, first, MODEL)).toEqual({ parent: null, children: [C, B] });
  expect(familyOf(items, items[0] ?? first, MODEL)).toEqual({ parent: { id: A, title: "a hill" }, children: [] });
});

it("calls a clip without words, or one that is not here, by the beginning of its id", () => {
  const items = [clip(B, GONE)];
  expect(titleOfClip(items, B, MODEL)).toBe("bbbbbb");
  expect(familyOf(items, clip(B, GONE), MODEL).parent).toEqual({ id: GONE, title: "dddddd" });
});
