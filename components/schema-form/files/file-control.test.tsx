// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef, useState } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { SchemaForm, type SchemaFormHandle } from "@/components/schema-form/schema-form";
import { UploadsProvider } from "@/components/uploads/uploads-provider";
import { settleFileHints } from "@/lib/models/request";
import type { JsonSchema } from "@/lib/models/schema";

type Input = Record<string, unknown>;

// What an empty field does without is loaded when it is needed, here as on the page.
beforeAll(() =>
  Promise.all([
    import("@/components/schema-form/files/file-tiles"),
    import("@/components/schema-form/files/file-remarks"),
    import("@/components/schema-form/files/address-field"),
    import("@/components/uploads/prepare-file"),
  ]),
);
beforeEach(() => vi.stubGlobal("CSS", { escape: (text: string) => text }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const user = userEvent.setup({ delay: null, applyAccept: false });
const one = "https://example.com/one.jpg";
const two = "https://example.com/two.jpg";
const three = "https://example.com/three.jpg";
const images = (title: string, more: JsonSchema = {}): JsonSchema => ({
  type: "array",
  title,
  items: { type: "string" },
  "x-playground": { widget: "file-upload", uploadKind: "image" },
  ...more,
});

function Page({ schema, start, handle, onSubmit }: PageProps) {
  const [client] = useState(() => new QueryClient());
  const [formData, setFormData] = useState(start);
  const [model] = useState({ slug: "test", name: "Test", inputSchema: settleFileHints(schema) });
  return (
    <QueryClientProvider client={client}>
      <UploadsProvider config={{ host: "own", sendable: ["image"] }}>
        <SchemaForm ref={handle} model={model} formData={formData} onChange={setFormData} onSubmit={onSubmit} />
      </UploadsProvider>
    </QueryClientProvider>
  );
}
type PageProps = {
  schema: JsonSchema;
  start: Input;
  handle: React.Ref<SchemaFormHandle>;
  onSubmit: (payload: Input) => void;
};

function open(properties: Record<string, JsonSchema>, start: Input = {}) {
  const handle = createRef<SchemaFormHandle>();
  const sent: Input[] = [];
  render(
    <Page
      schema={{ type: "object", properties }}
      start={start}
      handle={handle}
      onSubmit={(payload) => sent.push(payload)}
    />,
  );
  return {
    submitted: () => {
      act(() => {
        handle.current?.submit();
      });
      return sent.at(-1);
    },
  };
}

const chooser = (title: string, place = 0) =>
  screen.getAllByLabelText<HTMLInputElement>(title, { selector: "input" })[place];
const button = (name: string) => screen.findByRole("button", { name });
const broken = () => new File(["not a picture"], "عطلة.png", { type: "image/png" });

test("the field's title leads to a file chooser that says what it takes", () => {
  open({ a: images("Subjects", { maxItems: 3 }), b: { ...images("Face"), type: "string" } });
  expect(chooser("Subjects")).toMatchObject({ type: "file", multiple: true });
  expect(chooser("Face")).toMatchObject({ type: "file", multiple: false });
  expect(chooser("Face")?.accept.split(",")).toContain("image/webp");
  const said = document.getElementById(chooser("Face")?.getAttribute("aria-describedby") ?? "")?.textContent;
  expect(said).toContain("JPEG, PNG, WebP, GIF, AVIF or HEIC, up to 60 MB");
});

test("what is not taken is said at the field, until something else is done there", async () => {
  open({ a: images("Subjects", { maxItems: 3 }) }, { a: [one] });
  await user.upload(chooser("Subjects") as HTMLElement, new File(["hello"], "notes.txt", { type: "text/plain" }));
  expect((await screen.findAllByText(/“notes.txt” is not taken here/)).length).toBeGreaterThan(0);
  await user.click(await button("Remove image 1"));
  expect(screen.queryAllByText(/notes.txt/)).toEqual([]);
});

test("a kind that cannot be sent is refused when it is added, with what to set", async () => {
  open({ a: { type: "string", title: "Clip", "x-playground": { widget: "file-upload", uploadKind: "video" } } });
  await user.upload(chooser("Clip") as HTMLElement, new File(["x"], "a.mp4", { type: "video/mp4" }));
  expect((await screen.findAllByText(/PUBLIC_URL/)).length).toBeGreaterThan(0);
});

test("a file that fails says why, is named by its role, and goes away when it is removed", async () => {
  const form = open({ a: images("Pair", { maxItems: 2 }), prompt: { type: "string" } }, { a: [one], prompt: "P" });
  await user.upload(chooser("Pair") as HTMLElement, broken());
  expect(await button("Remove last frame")).toBeTruthy();
  expect(await screen.findByText(/^Last frame did not arrive\./)).toBeTruthy();
  expect(form.submitted()).toEqual({ a: [one], prompt: "P" });
  // At once: moved a moment later it would be taken from what is pressed next.
  fireEvent.click(await button("Remove last frame"));
  expect(document.activeElement).toBe(chooser("Pair"));
  expect(screen.queryByText("Failed")).toBeNull();
});

test("arrow keys on a handle move a file, and the focus goes with it", async () => {
  const form = open({ a: images("Subjects", { maxItems: 4 }) }, { a: [one, two, three] });
  (await button("Move image 1")).focus();
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
  expect(document.activeElement).toBe(await button("Move image 3"));
  expect(form.submitted()).toEqual({ a: [two, three, one] });
  await user.keyboard("{ArrowUp}");
  expect(form.submitted()).toEqual({ a: [two, one, three] });
  expect(screen.getByText("Image 3 is now number 2 of 3.")).toBeTruthy();
});

test("in a list of objects each file goes where its entry goes", async () => {
  const items: JsonSchema = {
    type: "object",
    properties: { url: { type: "string", title: "Picture" }, name: { type: "string", title: "Name" } },
  };
  const start = { elements: [{ url: one, name: "a" }, { name: "b" }, { url: three, name: "c" }] };
  const form = open({ elements: { ...images("Elements", { maxItems: 4 }), items } }, start);
  // Empty in the middle: the first chooser there is.
  await user.upload(chooser("Picture") as HTMLElement, broken());
  await screen.findByText(/did not arrive/);
  const nameOf = (place: number) => document.getElementById(`root_elements_${place}_name`);
  const entryOf = (place: number) => nameOf(place)?.closest<HTMLElement>(".rounded-ctl.inset-ring") as HTMLElement;
  expect(within(entryOf(1)).getByText("Failed")).toBeTruthy();

  await user.click(await button("Move entry 2 up"));
  expect(within(entryOf(0)).getByText("Failed")).toBeTruthy();
  expect(nameOf(0)).toHaveProperty("value", "b");
  expect(within(entryOf(1)).queryByText("Failed")).toBeNull();
  expect(form.submitted()).toEqual({ elements: [{ name: "b" }, { url: one, name: "a" }, { url: three, name: "c" }] });

  await user.click(await button("Remove entry 2"));
  expect(within(entryOf(0)).getByText("Failed")).toBeTruthy();
  expect(form.submitted()).toEqual({ elements: [{ name: "b" }, { url: three, name: "c" }] });
  await user.click(await button("Remove entry 1"));
  expect(screen.queryByText("Failed")).toBeNull();
  expect(form.submitted()).toEqual({ elements: [{ url: three, name: "c" }] });
});

test("a key in the prompt draws no file again", async () => {
  const prompt = { type: "string", title: "Prompt" };
  open({ prompt, a: images("Subjects", { maxItems: 3 }) }, { a: [one, two] });
  const parts = await Promise.all(["Remove image 1", "Move image 2"].map(button));
  // React keeps an element's newest props on its node: the same object means that its component did not render again.
  const propsOf = (node: Element) => Object.entries(node).find(([key]) => key.startsWith("__reactProps$"))?.[1];
  const before = parts.map(propsOf);
  fireEvent.change(screen.getByRole("textbox", { name: "Prompt" }), { target: { value: "A" } });
  expect(parts.map(propsOf)).toEqual(before);
  for (const [index, part] of parts.entries()) expect(propsOf(part)).toBe(before[index]);
});
