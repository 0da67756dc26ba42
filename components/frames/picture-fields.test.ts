import { expect, it } from "vitest";
import { firstFrameField, pictureFields, pictureIn, withoutPictures } from "@/components/frames/picture-fields";
import { settleFileHints } from "@/lib/models/request";
import type { JsonSchema, Model } from "@/lib/models/schema";
import viduq3 from "@/lib/models/viduq3-pro.json";

const modelOf = (properties: Record<string, JsonSchema>): Model => ({
  slug: "m",
  name: "M",
  inputSchema: settleFileHints({ type: "object", properties }),
});
const file = (hints: object = { uploadKind: "image" }, more: JsonSchema = { type: "string" }): JsonSchema => ({
  ...more,
  "x-playground": { widget: "file-upload", ...hints },
});
const idOf = (properties: Record<string, JsonSchema>) => firstFrameField(modelOf(properties))?.id ?? null;

it("finds where a clip begins by the schema alone", () => {
  expect(firstFrameField(viduq3 as Model)?.id).toBe("root_image_urls");
  expect(idOf({ prompt: { type: "string" } })).toBeNull();
  expect(idOf({ prompt: { type: "string" }, image_url: file() })).toBe("root_image_url");
  expect(idOf({ end_image: file(), start_image: file() })).toBe("root_start_image");
  expect(
    idOf({
      a: file({}, { type: "string", title: "Last frame" }),
      b: file({}, { type: "string", title: "First frame" }),
    }),
  ).toBe("root_b");
  expect(idOf({ tailImage: file(), blended: file() })).toBe("root_blended");
  expect(idOf({ frames: { type: "object", properties: { first: file(), last: file() } } })).toBe("root_frames_first");
});

it("takes no field that is for something else", () => {
  expect(idOf({ last_frame: file() })).toBeNull();
  expect(idOf({ mask: file() })).toBeNull();
  expect(idOf({ clip: file({ uploadKind: "video" }), voice: file({ accept: "audio/*" }) })).toBeNull();
});

it("reaches into objects and lists of objects", () => {
  const model = modelOf({
    images: {
      ...file(),
      type: "array",
      items: { type: "object", properties: { url: { type: "string" }, role: { type: "string" } } },
    },
    style: { ...file(), type: "object", properties: { url: { type: "string" }, weight: { type: "number" } } },
  });
  expect(pictureFields(model).map(({ id }) => id)).toEqual(
    expect.arrayContaining(["root_images_0_url", "root_style_url"]),
  );
  const input = { images: [{ url: "upload:a", role: "x" }], style: { url: "upload:b", weight: 2 }, seed: 3 };
  const field = pictureFields(model).find(({ id }) => id === "root_images_0_url");
  if (!field) throw new Error("not found");
  expect(pictureIn(input, field)).toBe("upload:a");
  expect(withoutPictures(model, input)).toEqual({ style: { weight: 2 }, seed: 3 });
  expect(withoutPictures(model, input, field)).toEqual({ images: [{}], style: { weight: 2 }, seed: 3 });
  expect(input.images).toHaveLength(1);
});

it("keeps settings, words and sound, and every value that means something", () => {
  const model = modelOf({
    prompt: { type: "string" },
    start: file(),
    end: file(),
    voice: file({ uploadKind: "audio" }),
    seed: { type: "integer" },
    audio: { type: "boolean" },
  });
  const input = { prompt: "A hill", start: "upload:a", end: "upload:b", voice: "upload:c", seed: 0, audio: false };
  expect(withoutPictures(model, input)).toEqual({ prompt: "A hill", voice: "upload:c", seed: 0, audio: false });
});

it("reads the first of a list, and nothing where nothing is", () => {
  const field = { path: ["image_urls"] };
  expect(pictureIn({ image_urls: ["upload:a", "upload:b"] }, field)).toBe("upload:a");
  expect(pictureIn({ image_urls: [] }, field)).toBeNull();
  expect(pictureIn({}, field)).toBeNull();
  expect(pictureIn({ image_urls: null }, field)).toBeNull();
});
