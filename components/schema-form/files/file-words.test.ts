import { expect, test } from "vitest";
import { addressName, hintOf, lengthWords, roleOf, sizeWords } from "@/components/schema-form/files/file-words";
import { acceptText, pickedTypes } from "@/components/schema-form/files/picked-types";
import type { UploadKind } from "@/lib/uploads/schema";

test.each([
  [1, "1 KB"],
  [411_600, "412 KB"],
  [999_999, "1000 KB"],
  [1_000_000, "1.0 MB"],
  [3_440_000, "3.4 MB"],
  [60_000_000, "60 MB"],
])("%i bytes are %s", (bytes, words) => expect(sizeWords(bytes)).toBe(words));

test.each([
  [400, "0:00"],
  [4_600, "0:05"],
  [61_000, "1:01"],
  [3_729_000, "1:02:09"],
])("%i ms are %s", (milliseconds, words) => expect(lengthWords(milliseconds)).toBe(words));

const hint = (kinds: UploadKind[], accept?: string) => hintOf(kinds, pickedTypes(kinds, accept));

test("a field says what it takes before anything is refused", () => {
  expect(hint(["image"], "image/*")).toBe("JPEG, PNG, WebP, GIF, AVIF or HEIC, up to 60 MB, sent at 2048 px at most.");
  expect(hint(["video"], "video/mp4")).toBe("MP4, up to 64 MB.");
  expect(hint(["video"])).toBe("MP4, WebM or MOV, up to 64 MB.");
  expect(hint(["audio"], ".wav, .mp3")).toBe("MP3 or WAV, up to 20 MB.");
  expect(hint(["image", "video"])).toBe("Images up to 60 MB and videos up to 64 MB.");
  expect(hint(["audio"], "application/x-midi")).toBe("MP3, WAV, M4A, Ogg or FLAC, up to 20 MB.");
});

test("a file dialog offers a phone's photos by their endings too", () => {
  expect(acceptText(pickedTypes(["image"]))).toContain("image/heif,.heic,.heif");
  expect(acceptText(pickedTypes(["audio"], "audio/mpeg"))).toBe("audio/mpeg");
});

test.each([
  [0, { title: "Reference images", noun: "image", slots: 2 }, "First frame"],
  [1, { title: "Reference images", noun: "image", slots: 2 }, "Last frame"],
  [1, { title: "Images", noun: "image", slots: 5 }, "Image 2"],
  [0, { title: "Clips", noun: "video", slots: 2 }, "Video 1"],
  [0, { title: "First frame image", noun: "image", slots: 1 }, "First frame image"],
  [0, { title: "Image URL", noun: "image", slots: 1 }, "Image"],
  [0, { title: "Sound", noun: "audio file", slots: 1 }, "Sound"],
])("entry %i of %o is called %s", (index, field, role) => expect(roleOf(index, field)).toBe(role));

test("an address goes by what tells it from others", () => {
  expect(addressName("https://example.com/a/b.jpg?x=1")).toBe("example.com/a/b.jpg");
  expect(addressName("https://example.com")).toBe("example.com");
  expect(addressName("one.jpg")).toBe("one.jpg");
});
