import { describe, expect, it } from "vitest";
import { toPayload } from "@/lib/models/rules";
import type { JsonSchema, Model } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";
import { dayOf, leftOf, resetsAt, scopeOf, settingsOf } from "@/lib/spend/policy";

const vidu = viduQ3Pro as unknown as Model;
const one = "https://example.com/one.jpg";
const two = "https://example.com/two.jpg";

const modelOf = (properties: Record<string, JsonSchema>): Model => ({
  slug: "test",
  name: "Test",
  inputSchema: { type: "object", properties },
});

describe("the day", () => {
  it.each([
    ["the first moment of a day", Date.UTC(2026, 10, 22), "2026-11-22", Date.UTC(2026, 10, 23)],
    ["its last moment", Date.UTC(2026, 10, 22, 23, 59, 59, 999), "2026-11-22", Date.UTC(2026, 10, 23)],
    ["the end of a year", Date.UTC(2026, 11, 31, 12), "2026-12-31", Date.UTC(2027, 0, 1)],
    ["a leap day", Date.UTC(2028, 1, 29, 1), "2028-02-29", Date.UTC(2028, 2, 1)],
  ])("of %s is that of UTC", (_name, at, day, reset) => {
    expect(dayOf(at)).toBe(day);
    expect(resetsAt(at)).toBe(reset);
    expect(dayOf(resetsAt(at) - 1)).toBe(day);
  });
});

describe("leftOf", () => {
  it.each([
    ["nothing spent", 100, { spent: 0, reserved: 0 }, 100],
    ["some spent, some held", 100, { spent: 30, reserved: 20 }, 50],
    ["all of it", 100, { spent: 60, reserved: 40 }, 0],
    ["more than all of it", 100, { spent: 130, reserved: 0 }, 0],
    ["a limit of nothing", 0, { spent: 0, reserved: 0 }, 0],
  ])("%s", (_name, limit, row, left) => {
    expect(leftOf(limit, row)).toEqual({ limit, ...row, left });
  });

  it("is nothing without a limit", () => {
    expect(leftOf(null, { spent: 5, reserved: 5 })).toBeNull();
  });
});

it("counts the sandbox's money apart from MindVideo's", () => {
  expect(scopeOf("sandbox", "all")).not.toBe(scopeOf("mindvideo", "all"));
});

describe("settingsOf viduq3-pro", () => {
  const input = { prompt: "A dancer.", resolution: "720p", duration: 5, audio: true, aspect_ratio: "16:9" };

  it.each<[string, Record<string, unknown>]>([
    ["another prompt", { ...input, prompt: "A cat in the rain." }],
    ["no prompt", { ...input, prompt: undefined }],
    ["a seed", { ...input, seed: 7 }],
    ["another order of keys", Object.fromEntries(Object.entries(input).reverse())],
    ["a key the schema does not have", { ...input, style: "noir" }],
    ["an emptied list of files", { ...input, image_urls: [] }],
  ])("%s is the same", (_name, other) => {
    expect(settingsOf(vidu, other)).toBe(settingsOf(vidu, input));
  });

  it.each<[string, Record<string, unknown>]>([
    ["another resolution", { ...input, resolution: "1080p" }],
    ["another length", { ...input, duration: 6 }],
    ["no sound", { ...input, audio: false }],
    ["a picture", { ...input, image_urls: [one] }],
    ["two pictures", { ...input, image_urls: [one, two] }],
    ["a setting left out", { ...input, audio: undefined }],
  ])("%s is not", (_name, other) => {
    expect(settingsOf(vidu, other)).not.toBe(settingsOf(vidu, input));
  });

  it("tells pictures by their number alone, and says nothing of them or of the prompt", () => {
    const settings = settingsOf(vidu, { ...input, image_urls: [one, two] });
    expect(settings).toBe(settingsOf(vidu, { ...input, prompt: "B", image_urls: [`upload:${"0".repeat(64)}`, one] }));
    expect(settings).toBe('{"audio":true,"duration":5,"image_urls":2,"resolution":"720p"}');
  });

  it("is the same for the form's state and for the payload", () => {
    const state = { ...input, image_urls: ["", one], seed: undefined };
    expect(settingsOf(vidu, state)).toBe(settingsOf(vidu, toPayload(vidu, state)));
  });

  it.each([undefined, null, 5, "text", []])("of %j is that of nothing", (state) => {
    expect(settingsOf(vidu, state)).toBe("{}");
  });
});

describe("settingsOf other schemas", () => {
  it("leaves out every prompt, by its name or its box, and no word of a choice", () => {
    const model = modelOf({
      prompt: { type: "string" },
      negative_prompt: { type: "string" },
      lyrics: { type: "string", "x-playground": { widget: "textarea" } },
      enhance_prompt: { type: "boolean" },
      style: { type: "string" },
      mode_prompt: { type: "string", enum: ["short", "long"] },
      image_prompt: { type: "string", "x-playground": { widget: "file-upload" } },
    });
    const input = { prompt: "a", negative_prompt: "b", lyrics: "c", enhance_prompt: true, style: "noir" };
    expect(settingsOf(model, { ...input, mode_prompt: "long", image_prompt: one })).toBe(
      '{"enhance_prompt":true,"image_prompt":1,"mode_prompt":"long","style":"noir"}',
    );
  });

  it("looks into objects and lists, also through references", () => {
    const model: Model = {
      slug: "test",
      name: "Test",
      inputSchema: {
        type: "object",
        properties: {
          shots: { type: "array", items: { $ref: "#/$defs/shot" } },
          image_with_roles: {
            type: "array",
            items: {
              type: "object",
              properties: {
                url: { type: "string", "x-playground": { uploadKind: "image" } },
                role: { type: "string" },
              },
            },
          },
        },
        $defs: {
          shot: {
            type: "object",
            properties: { prompt: { type: "string" }, duration: { type: "integer" }, seed: { type: "integer" } },
          },
        },
      },
    };
    const input = {
      shots: [
        { seed: 4, prompt: "a", duration: 3 },
        { duration: 2, prompt: "b" },
      ],
      image_with_roles: [{ role: "first", url: one }],
    };
    expect(settingsOf(model, input)).toBe(
      '{"image_with_roles":[{"role":"first","url":1}],"shots":[{"duration":3},{"duration":2}]}',
    );
  });

  it("takes a seed for one only where it is a number", () => {
    expect(settingsOf(modelOf({ seed: { type: "string" } }), { seed: "film" })).toBe('{"seed":"film"}');
  });
});
