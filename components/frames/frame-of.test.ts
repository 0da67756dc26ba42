import { expect, it } from "vitest";
import { frameName, troubleOf } from "@/components/frames/frame-of";

it("tells a dead link from a bad connection, and both from a clip that cannot be decoded", () => {
  expect(troubleOf(410)).toBe("gone");
  expect(troubleOf(404)).toBe("gone");
  for (const status of [401, 416, 429, 502, 503]) expect(troubleOf(status)).toBe("away");
  expect(troubleOf(null)).toBe("away");
  expect(troubleOf(206)).toBe("unreadable");
});

it("names a frame after what it is and where it is from", () => {
  const id = "1a2b3c4d-0000-4000-8000-000000000001";
  expect(frameName("last-frame", id, "image/png")).toBe("last-frame-1a2b3c.png");
  expect(frameName("image", id, "image/jpeg")).toBe("image-1a2b3c.jpg");
});
