import { expect, it } from "vitest";
import { quoted, tooMany } from "@/components/uploads/file-check";

const png = (name: string) => new File(["x"], name, { type: "image/png" });

it.each([
  [{ kinds: ["image" as const], slots: 1 }, [png("b.png")], "one image. “b.png” was"],
  [{ kinds: ["image" as const], slots: 2 }, [png("c.png"), png("d.png")], "2 images. “c.png” and 1 more were"],
  [{ kinds: ["audio" as const], slots: 1 }, ["https://sounds.example/a.mp3"], "one audio file. An address was"],
  [{ kinds: ["image" as const, "video" as const], slots: 1 }, [png("b.png")], "one file. “b.png” was"],
])("says how many a field takes, and what was left out", (asked, left, said) => {
  expect(tooMany(asked, left)).toBe(`This field takes ${said} not added: remove one first.`);
});

it.each([
  ["\u202egnp.exe", "“gnp.exe”"],
  [`${"a".repeat(30)}${"b".repeat(30)}`, `“${"a".repeat(24)}…${"b".repeat(12)}”`],
])("quotes a name so that the sentence around it stays as it is", (name, said) => {
  expect(quoted(name)).toBe(said);
});
