import { expect, it } from "vitest";
import { frameFile } from "@/components/frames/frame-of";
import { troubleOf } from "@/components/frames/frame-trouble";

it("tells a dead link from a bad connection, and both from a clip that cannot be decoded", () => {
  expect(troubleOf(410)).toBe("gone");
  expect(troubleOf(404)).toBe("gone");
  for (const status of [401, 416, 429, 502, 503]) expect(troubleOf(status)).toBe("away");
  expect(troubleOf(null)).toBe("away");
  expect(troubleOf(206)).toBe("unreadable");
});

it("names a frame after what it is and where it is from", () => {
  const nameOf = (type: string, what: string) =>
    frameFile(new Blob(["x"], { type }), what, "1a2b3c4d-0000-4000-8000-000000000001").name;
  expect(nameOf("image/png", "last-frame")).toBe("last-frame-1a2b3c.png");
  expect(nameOf("image/jpeg", "image")).toBe("image-1a2b3c.jpg");
});
