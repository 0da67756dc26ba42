import { expect, test } from "vitest";
import { frameRemarks, ratioName } from "@/components/schema-form/files/frame-remarks";

const picture = (width: number, height: number, isShrunk = false) => ({ width, height, isShrunk });
const role = (place: number) => (place === 0 ? "First frame" : "Last frame");
const said = (pictures: (ReturnType<typeof picture> | null)[], isPair = true) =>
  frameRemarks(pictures, isPair, role).map(({ sentence }) => sentence);

test.each([
  [16 / 9, "16:9"],
  [1280 / 721, "16:9"],
  [9 / 16, "9:16"],
  [1, "1:1"],
  [3 / 4, "3:4"],
  [2.39, "2.39:1"],
  [0.4, "1:2.50"],
])("%f is %s", (ratio, name) => expect(ratioName(ratio)).toBe(name));

test("two frames of one shape need no remark, even a pixel off", () => {
  expect(said([picture(1920, 1080), picture(1280, 719)])).toEqual([]);
});

test("two frames of two shapes get one, with the shape that mends it", () => {
  const [remark] = frameRemarks([picture(1920, 1080), picture(1080, 1920)], true, role);
  expect(remark).toEqual({
    place: 1,
    sentence: "The frames differ in shape: 16:9 and 9:16.",
    cropTo: 16 / 9,
  });
});

test("only a pair has a first and a last frame", () => {
  expect(said([picture(1920, 1080), picture(1080, 1920)], false)).toEqual([]);
  expect(said([picture(1920, 1080), null])).toEqual([]);
});

test("a tiny picture is named with its size, unless it was shrunk to be shown", () => {
  expect(said([picture(299, 400)])).toEqual(["First frame is only 299 × 400 px: the clip may look soft."]);
  expect(said([picture(300, 300)])).toEqual([]);
  expect(said([picture(512, 288, true)])).toEqual([]);
});
