import { expect, test } from "vitest";
import { addressesIn, fieldFor, shareOut } from "@/components/schema-form/files/brought-things";
import type { UploadKind } from "@/lib/uploads/schema";

const field = (fieldId: string, room: number, ...kinds: UploadKind[]) => ({ fieldId, room, kinds });
const file = (name: string, type = "") => new File(["x"], name, { type });
const shared = (things: (File | string)[], fields: ReturnType<typeof field>[]) =>
  Object.fromEntries(
    [...shareOut(things, fields)].map(([id, own]) => [id, own.map((one) => (one instanceof File ? one.name : one))]),
  );

test("a text counts as addresses only when it is nothing else", () => {
  expect(addressesIn(" https://example.com/a.jpg\nhttps://example.com/b.jpg ")).toHaveLength(2);
  expect(addressesIn("data:image/png;base64,AA==")).toHaveLength(1);
  expect(addressesIn("see https://example.com/a.jpg")).toEqual([]);
  expect(addressesIn("one.jpg")).toEqual([]);
  expect(addressesIn("")).toEqual([]);
});

test("things go to the first field with room that takes their kind", () => {
  const fields = [field("first", 1, "image"), field("last", 1, "image"), field("sound", 1, "audio")];
  expect(shared([file("a.png", "image/png"), file("b.wav"), file("c.jpg", "image/jpeg")], fields)).toEqual({
    first: ["a.png"],
    last: ["c.jpg"],
    sound: ["b.wav"],
  });
});

test("what has no room goes where it would belong, to be told so there", () => {
  expect(shared([file("a.png"), file("b.png")], [field("sound", 1, "audio"), field("one", 1, "image")])).toEqual({
    one: ["a.png", "b.png"],
  });
  expect(shared([file("a.mp4", "video/mp4")], [field("one", 0, "image")])).toEqual({ one: ["a.mp4"] });
  expect(shared([file("a.mp4")], [])).toEqual({});
});

test("an address goes by its ending, and a data address by its type", () => {
  const fields = [field("picture", 1, "image"), field("film", 1, "video"), field("sound", 1, "audio")];
  const things = ["https://example.com/a.MP4?x=1", "data:audio/wav;base64,AA", "https://example.com/a"];
  expect(shared(things, fields)).toEqual({ film: [things[0]], sound: [things[1]], picture: [things[2]] });
});

test("while nothing is known of what is dragged, it is for the first field with room", () => {
  expect(fieldFor([field("a", 0, "image"), field("b", 2, "video")], null)?.fieldId).toBe("b");
  expect(fieldFor([], null)).toBeUndefined();
});
