import { describe, expect, it } from "vitest";
import { neighbourOf, stageAfterFinish, stageItems, withRefusal } from "@/components/playground/stage-items";
import { pressAsShown } from "@/components/result/shown";
import { appError } from "@/lib/errors";

const press = (id: string, at: number) => ({ id, model: "m", input: { prompt: id }, at });
const row = (id: string, at: number) => pressAsShown(press(id, at), "M", "sending").generation;
const names = (items: ReturnType<typeof stageItems>) => items.map(({ generation, origin }) => [generation.id, origin]);

describe("stageItems", () => {
  it("puts presses, refusals and rows in one line, newest first", () => {
    const refused = [pressAsShown(press("c", 3), "M", "refused", appError("too_many_active"))];
    const pending = [
      { press: press("d", 4), state: "sending" as const },
      { press: press("a", 1), state: "unsent" as const },
    ];
    expect(names(stageItems([row("b", 2)], pending, refused, "M"))).toEqual([
      ["d", "sending"],
      ["c", "refused"],
      ["b", "row"],
      ["a", "unsent"],
    ]);
  });

  it("shows the row of a press once there is one, and each thing once", () => {
    const pending = [{ press: press("a", 1), state: "sending" as const }];
    expect(names(stageItems([row("a", 2)], pending, [], "M"))).toEqual([["a", "row"]]);
  });
});

describe("withRefusal", () => {
  const refusal = (id: string) => pressAsShown(press(id, 1), "M", "refused", appError("too_many_active"));
  it("keeps every press that was refused, and each once", () => {
    const both = withRefusal(withRefusal([], refusal("a")), refusal("b"));
    expect(withRefusal(both, refusal("a")).map(({ generation }) => generation.id)).toEqual(["b", "a"]);
  });
});

describe("stageAfterFinish", () => {
  it("never takes away what somebody is looking at", () => {
    expect(stageAfterFinish("seen", "done")).toBe("seen");
    expect(stageAfterFinish("done", "done")).toBe("done");
    expect(stageAfterFinish(null, "done")).toBe("done");
  });
});

describe("neighbourOf", () => {
  it("is the next older one, else the next newer one, else nobody", () => {
    const items = stageItems([row("c", 3), row("b", 2), row("a", 1)], [], [], "M");
    expect(["c", "b", "a"].map((id) => neighbourOf(items, id))).toEqual(["b", "a", "b"]);
    expect(neighbourOf(stageItems([row("a", 1)], [], [], "M"), "a")).toBeNull();
  });
});
