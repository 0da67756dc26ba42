// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef, useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SchemaForm, type SchemaFormHandle } from "@/components/schema-form/schema-form";
import { UploadsProvider } from "@/components/uploads/uploads-provider";
import type { JsonSchema, Model } from "@/lib/models/schema";

type Input = Record<string, unknown>;

let problems: unknown[][] = [];
beforeEach(() => {
  problems = [];
  vi.spyOn(console, "error").mockImplementation((...args) => void problems.push(args));
  vi.stubGlobal("CSS", { escape: (text: string) => text });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  expect(problems).toEqual([]);
});

const user = userEvent.setup({ delay: null });
const field = (name: string) => screen.getByRole("textbox", { name });
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } });
/** Gives a file field, the one in this place, an address. */
const give = async (title: string, address: string, place = 0) => {
  await user.click(screen.getAllByRole("button", { name: "Address" })[place] as HTMLElement);
  await user.type(await screen.findByRole("textbox", { name: `${title} address` }), `${address}{Enter}`);
};
const pick = (name: string) => user.click(screen.getByRole("radio", { name }));
const file = (more: JsonSchema = {}): JsonSchema => ({
  type: "string",
  "x-playground": { widget: "file-upload", uploadKind: "image" },
  ...more,
});
const area: JsonSchema = { type: "string", title: "Prompt", "x-playground": { widget: "textarea", rows: 4 } };
const url = "https://example.com/a.jpg";

function Page({
  model,
  handle,
  onSubmit,
}: {
  model: Model;
  handle: React.Ref<SchemaFormHandle>;
  onSubmit: (sent: Input) => void;
}) {
  const [formData, setFormData] = useState<Input>({});
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <UploadsProvider config={{ host: "own", sendable: ["image", "video", "audio"] }}>
        <SchemaForm ref={handle} model={model} formData={formData} onChange={setFormData} onSubmit={onSubmit} />
      </UploadsProvider>
    </QueryClientProvider>
  );
}

const rows: [string, JsonSchema, () => unknown, Input][] = [
  [
    "size, and sound under another name",
    {
      properties: {
        prompt: area,
        size: { type: "string", title: "Size", enum: ["1280x720", "720x1280"], default: "1280x720" },
        generate_audio: { type: "boolean", title: "Generate audio", default: true },
      },
    },
    async () => {
      type("Prompt", "A");
      await pick("720x1280");
      await user.click(screen.getByRole("switch", { name: "Generate audio" }));
    },
    { prompt: "A", size: "720x1280", generate_audio: false },
  ],
  [
    "one image, and the prompt not asked for",
    { required: ["image_url"], properties: { image_url: file({ title: "Image" }), prompt: area } },
    () => give("Image", url),
    { image_url: url },
  ],
  [
    "images with roles",
    {
      properties: {
        prompt: area,
        image_with_roles: {
          type: "array",
          title: "Images with roles",
          maxItems: 2,
          items: {
            type: "object",
            properties: { url: { type: "string", title: "Address" }, role: { title: "Role", enum: ["first", "last"] } },
          },
        },
      },
    },
    async () => {
      type("Prompt", "A");
      await user.click(screen.getByRole("button", { name: "Add to Images with roles" }));
      type("Address", url);
      await pick("last");
    },
    { prompt: "A", image_with_roles: [{ url, role: "last" }] },
  ],
  [
    "first and last frame as two fields",
    {
      properties: {
        prompt: area,
        first_frame_image: file({ title: "First frame image" }),
        last_frame_image: file({ title: "Last frame image" }),
      },
    },
    async () => {
      await give("Last frame image", url, 1);
      await give("First frame image", `${url}?first`);
    },
    { first_frame_image: `${url}?first`, last_frame_image: url },
  ],
  [
    "a mode of three, one of them 4k",
    { properties: { prompt: area, mode: { title: "Mode", enum: ["std", "pro", "4k"], default: "std" } } },
    async () => {
      type("Prompt", "A");
      await pick("4k");
    },
    { prompt: "A", mode: "4k" },
  ],
  [
    "yes and no as words, passed on as they are",
    { properties: { prompt: area, prompt_extend: { title: "Prompt extend", type: "string", enum: ["yes", "no"] } } },
    async () => {
      type("Prompt", "A");
      await pick("yes");
    },
    { prompt: "A", prompt_extend: "yes" },
  ],
  [
    "a choice taken back",
    { properties: { prompt: area, resize_mode: { title: "Resize mode", enum: ["crop", "fit"] } } },
    async () => {
      type("Prompt", "A");
      await pick("fit");
      await user.click(screen.getByRole("button", { name: "Clear resize mode" }));
    },
    { prompt: "A" },
  ],
  [
    "an enum of one whole number",
    { properties: { prompt: area, duration: { type: "integer", title: "Duration", enum: [8] } } },
    async () => {
      type("Prompt", "A");
      await pick("8");
    },
    { prompt: "A", duration: 8 },
  ],
  [
    "a duration of 0 means as long as the source",
    {
      required: ["video_url"],
      properties: {
        video_url: { type: "string", title: "Video", "x-playground": { widget: "file-upload", accept: "video/*" } },
        duration: { type: "integer", title: "Duration", minimum: 0, maximum: 30, default: 5 },
      },
    },
    async () => {
      await give("Video", "https://example.com/a.mp4");
      fireEvent.change(screen.getByRole("slider", { name: "Duration" }), { target: { value: "0" } });
    },
    { video_url: "https://example.com/a.mp4", duration: 0 },
  ],
  [
    "a seed beyond 32 bits",
    {
      properties: {
        prompt: area,
        seed: { type: "integer", title: "Seed", minimum: -1, maximum: 9007199254740991, default: -1 },
      },
    },
    async () => {
      type("Prompt", "A");
      await user.clear(field("Seed"));
      await user.type(field("Seed"), "9007199254740991");
    },
    { prompt: "A", seed: 9007199254740991 },
  ],
  [
    "a seed of -1 by default",
    { properties: { prompt: area, seed: { type: "integer", title: "Seed", minimum: -1, maximum: 9e15, default: -1 } } },
    () => type("Prompt", "A"),
    { prompt: "A", seed: -1 },
  ],
  [
    "objects inside objects",
    {
      properties: {
        prompt: area,
        camera: {
          type: "object",
          title: "Camera",
          properties: {
            move: { title: "Move", enum: ["pan", "tilt"] },
            lens: {
              type: "object",
              title: "Lens",
              properties: { length: { type: "number", title: "Length", default: 35 } },
            },
          },
        },
      },
    },
    async () => {
      type("Prompt", "A");
      await pick("tilt");
    },
    { prompt: "A", camera: { move: "tilt", lens: { length: 35 } } },
  ],
  [
    "no required, no titles, a Chinese prompt",
    { properties: { prompt: { type: "string" }, negative_prompt: { type: "string" } } },
    () => {
      type("Prompt", "一只猫");
      type("Negative prompt", "模糊");
    },
    { prompt: "一只猫", negative_prompt: "模糊" },
  ],
  [
    "a widget, a type and a hint nobody knows",
    {
      properties: {
        prompt: { ...area, "x-playground": { widget: "hologram", glow: 7 } },
        mood: { type: "feeling", title: "Mood" },
        anything: { title: "Anything" },
      },
    },
    () => {
      type("Prompt", "A");
      type("Mood", "calm");
      type("Anything", "x");
    },
    { prompt: "A", mood: "calm", anything: "x" },
  ],
  [
    "words, numbers and given values in lists",
    {
      properties: {
        prompt: area,
        tags: { type: "array", title: "Tags", items: { type: "string" } },
        weights: { type: "array", title: "Weights", items: { type: "number" } },
        styles: { type: "array", title: "Styles", items: { enum: ["noir", "anime"] } },
      },
    },
    async () => {
      type("Prompt", "A");
      type("Tags", "one");
      await user.click(screen.getByRole("button", { name: "Add another to Tags" }));
      type("Tags 2", "two");
      type("Weights", "0.5");
      await user.click(screen.getByRole("checkbox", { name: "anime" }));
    },
    { prompt: "A", tags: ["one", "two"], weights: [0.5], styles: ["anime"] },
  ],
  [
    "an object of anything",
    { properties: { prompt: area, extra: { type: "object", title: "Extra" } } },
    () => {
      type("Prompt", "A");
      type("Extra", '{ "fast": false }');
    },
    { prompt: "A", extra: { fast: false } },
  ],
  [
    "more values than fit side by side, capitals kept",
    {
      properties: {
        prompt: area,
        quality: { title: "Quality", enum: ["480P", "720p", "1080P", "2k", "2K", "4K"], default: "480P" },
      },
    },
    async () => {
      type("Prompt", "A");
      await user.selectOptions(screen.getByRole("combobox", { name: "Quality" }), "2K");
    },
    { prompt: "A", quality: "2K" },
  ],
  [
    "references, and fields that may be null",
    {
      $defs: { Ratio: { enum: ["16:9", "1:1"] } },
      properties: {
        prompt: area,
        ratio: { allOf: [{ $ref: "#/$defs/Ratio" }], title: "Ratio", default: "16:9" },
        n: { anyOf: [{ type: "integer", minimum: 1, maximum: 4 }, { type: "null" }], title: "N" },
      },
    },
    async () => {
      type("Prompt", "A");
      await pick("1:1");
      fireEvent.change(screen.getByRole("slider", { name: "N" }), { target: { value: "2" } });
    },
    { prompt: "A", ratio: "1:1", n: 2 },
  ],
  [
    "patterns that do not compile",
    {
      properties: { prompt: { ...area, pattern: "([" }, style: { type: "string", title: "Style", pattern: "(a+)+$" } },
    },
    () => {
      type("Prompt", "A");
      type("Style", `${"a".repeat(40)}!`);
    },
    { prompt: "A", style: `${"a".repeat(40)}!` },
  ],
];

test.each(rows)("%s", async (_name, schema, fill, payload) => {
  const sent: Input[] = [];
  const handle = createRef<SchemaFormHandle>();
  const model: Model = { slug: "other", name: "Other", inputSchema: { type: "object", ...schema } };
  render(<Page model={model} handle={handle} onSubmit={(input) => sent.push(input)} />);
  await fill();
  act(() => {
    handle.current?.submit();
  });
  expect(sent).toStrictEqual([payload]);
});

test("a fault inside a list of objects is shown and focused at its own field", async () => {
  const handle = createRef<SchemaFormHandle>();
  const items = {
    type: "object",
    required: ["url"],
    properties: { url: { type: "string", title: "Address", minLength: 9 } },
  };
  const inputSchema: JsonSchema = { properties: { list: { type: "array", title: "List", items } } };
  render(<Page model={{ slug: "x", name: "X", inputSchema }} handle={handle} onSubmit={() => {}} />);
  await user.click(screen.getByRole("button", { name: "Add to List" }));
  type("Address", "short");
  act(() => {
    handle.current?.submit();
  });
  expect(screen.getByText("Address must have at least 9 characters.")).toBeTruthy();
  expect(document.activeElement).toBe(field("Address"));
});
