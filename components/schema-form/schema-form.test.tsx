// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef, type ReactNode, type Ref, StrictMode, useState } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { SchemaForm, type SchemaFormHandle } from "@/components/schema-form/schema-form";
import { UploadsProvider } from "@/components/uploads/uploads-provider";
import type { Model } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const vidu = viduQ3Pro as unknown as Model;
const one = "https://example.com/one.jpg";
const two = "https://example.com/two.jpg";
type Input = Record<string, unknown>;

// What an empty field does without is loaded when it is needed, here as on the page.
beforeAll(() =>
  Promise.all([
    import("@/components/schema-form/files/file-tiles"),
    import("@/components/schema-form/files/file-remarks"),
    import("@/components/schema-form/files/address-field"),
  ]),
);

let problems: unknown[][] = [];
beforeEach(() => {
  // The keyboard of these tests looks radios up by an escaped name, and jsdom has no escaping.
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  problems = [];
  // React says what is wrong in the console; a form that makes it speak has a fault.
  vi.spyOn(console, "error").mockImplementation((...args) => void problems.push(args));
  vi.spyOn(console, "warn").mockImplementation((...args) => void problems.push(args));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  expect(problems).toEqual([]);
});

/** What a form stands in on the page: the files on their way to it, and what the page asks its server. */
function Around({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <UploadsProvider config={{ host: "own", sendable: ["image", "video", "audio"] }}>{children}</UploadsProvider>
    </QueryClientProvider>
  );
}

type Refusals = { field: string; message: string }[];
type PageProps = {
  model: Model;
  start: Input;
  onSubmit: (payload: Input) => void;
  extraErrors?: Refusals;
  handle: Ref<SchemaFormHandle>;
};

function Page({ model, start, onSubmit, extraErrors, handle }: PageProps) {
  const [formData, setFormData] = useState(start);
  return (
    <StrictMode>
      <Around>
        <SchemaForm
          ref={handle}
          model={model}
          formData={formData}
          onChange={setFormData}
          onSubmit={onSubmit}
          extraErrors={extraErrors}
        />
      </Around>
    </StrictMode>
  );
}

function open(model: Model, start: Input = {}) {
  const handle = createRef<SchemaFormHandle>();
  const sent: Input[] = [];
  const props = { model, start, handle, onSubmit: (payload: Input) => sent.push(payload) };
  const view = render(<Page {...props} />);
  return {
    sent,
    refuse: (extraErrors: Refusals) => view.rerender(<Page {...props} extraErrors={extraErrors} />),
    submit: () => {
      let isSent = false;
      act(() => {
        isSent = handle.current?.submit() ?? false;
      });
      return isSent;
    },
  };
}

const user = userEvent.setup({ delay: null });
const prompt = () => screen.getByRole("textbox", { name: "Prompt" });
const write = (text: string) => fireEvent.change(prompt(), { target: { value: text } });
const radio = (name: string) => screen.getByRole("radio", { name });
const unfold = () => user.click(screen.getByRole("button", { name: "Advanced settings" }));
const seed = () => screen.getByRole("textbox", { name: "Seed" });
const images = () => screen.getByRole("textbox", { name: "Reference images address" });
const openAddress = async () => {
  const key = screen.queryByRole("button", { name: "Address" });
  if (key) await user.click(key);
  await screen.findByRole("textbox", { name: "Reference images address" });
};
const addImage = async (address: string) => {
  await openAddress();
  await user.type(images(), `${address}{Enter}`);
};

const settings = { resolution: "720p", aspect_ratio: "16:9", duration: 5, audio: true };
const withImages = { resolution: "720p", duration: 5, audio: true };

describe("what the form of viduq3-pro sends", () => {
  const rows: [string, () => unknown, Input][] = [
    ["a prompt alone, with the defaults", () => write("A cat"), { prompt: "A cat", ...settings }],
    [
      "audio off",
      () => user.click(screen.getByRole("switch", { name: "Audio" })),
      { prompt: "P", ...settings, audio: false },
    ],
    [
      "audio off and on again",
      async () => {
        await user.click(screen.getByRole("switch", { name: "Audio" }));
        await user.click(screen.getByRole("switch", { name: "Audio" }));
      },
      { prompt: "P", ...settings },
    ],
    ["540p", () => user.click(radio("540p")), { prompt: "P", ...settings, resolution: "540p" }],
    ["1080p", () => user.click(radio("1080p")), { prompt: "P", ...settings, resolution: "1080p" }],
    ["9:16", () => user.click(radio("9:16")), { prompt: "P", ...settings, aspect_ratio: "9:16" }],
    ["4:3", () => user.click(radio("4:3")), { prompt: "P", ...settings, aspect_ratio: "4:3" }],
    ["3:4", () => user.click(radio("3:4")), { prompt: "P", ...settings, aspect_ratio: "3:4" }],
    ["1:1", () => user.click(radio("1:1")), { prompt: "P", ...settings, aspect_ratio: "1:1" }],
    [
      "duration 1 by the slider",
      () => fireEvent.change(screen.getByRole("slider", { name: "Duration" }), { target: { value: "1" } }),
      { prompt: "P", ...settings, duration: 1 },
    ],
    [
      "duration 16, typed",
      async () => {
        await user.clear(screen.getByRole("textbox", { name: "Duration in seconds" }));
        await user.type(screen.getByRole("textbox", { name: "Duration in seconds" }), "16");
      },
      { prompt: "P", ...settings, duration: 16 },
    ],
    [
      "duration emptied is left to the model",
      () => user.clear(screen.getByRole("textbox", { name: "Duration in seconds" })),
      { prompt: "P", resolution: "720p", aspect_ratio: "16:9", audio: true },
    ],
    [
      "duration by arrow keys",
      () => user.type(screen.getByRole("textbox", { name: "Duration in seconds" }), "{ArrowUp}{ArrowUp}{ArrowDown}"),
      { prompt: "P", ...settings, duration: 6 },
    ],
    ["seed 0", () => user.type(seed(), "0"), { prompt: "P", ...settings, seed: 0 }],
    ["seed -1", () => user.type(seed(), "-1"), { prompt: "P", ...settings, seed: -1 }],
    ["the largest seed", () => user.type(seed(), "4294967295"), { prompt: "P", ...settings, seed: 4294967295 }],
    [
      "a seed cleared by its button",
      async () => {
        await user.type(seed(), "42");
        await user.click(screen.getByRole("button", { name: "Clear seed" }));
      },
      { prompt: "P", ...settings },
    ],
    [
      "a seed emptied by hand",
      async () => {
        await user.type(seed(), "42");
        await user.clear(seed());
      },
      { prompt: "P", ...settings },
    ],
    ["one image, and no ratio", () => addImage(one), { prompt: "P", ...withImages, image_urls: [one] }],
    [
      "two images in order",
      async () => {
        await addImage(one);
        await addImage(two);
      },
      { prompt: "P", ...withImages, image_urls: [one, two] },
    ],
    [
      "two images swapped",
      async () => {
        await addImage(one);
        await addImage(two);
        await user.click(await screen.findByRole("button", { name: "Swap first and last frame" }));
      },
      { prompt: "P", ...withImages, image_urls: [two, one] },
    ],
    [
      "the first of two removed",
      async () => {
        await addImage(one);
        await addImage(two);
        await user.click(await screen.findByRole("button", { name: "Remove first frame" }));
      },
      { prompt: "P", ...withImages, image_urls: [two] },
    ],
    [
      "images removed again bring the ratio back",
      async () => {
        await addImage(one);
        await user.click(await screen.findByRole("button", { name: "Remove first frame" }));
      },
      { prompt: "P", ...settings },
    ],
    [
      "an image pasted",
      async () => {
        await openAddress();
        await user.paste(one);
      },
      { prompt: "P", ...withImages, image_urls: [one] },
    ],
    [
      "two images pasted at once",
      async () => {
        await openAddress();
        await user.paste(`${one}\n${two}`);
      },
      { prompt: "P", ...withImages, image_urls: [one, two] },
    ],
    [
      "an image typed and left",
      async () => {
        await openAddress();
        await user.type(images(), one);
        await user.tab();
        await user.tab();
      },
      { prompt: "P", ...withImages, image_urls: [one] },
    ],
    [
      "images alone, no prompt",
      async () => {
        await addImage(one);
        await user.clear(prompt());
      },
      { ...withImages, image_urls: [one] },
    ],
    ["Chinese", () => write("一只猫在雨中行走，电影感"), { prompt: "一只猫在雨中行走，电影感", ...settings }],
    ["emoji", () => write("🎬👩‍🚀 lift-off 🚀"), { prompt: "🎬👩‍🚀 lift-off 🚀", ...settings }],
    ["2000 characters", () => write("x".repeat(2000)), { prompt: "x".repeat(2000), ...settings }],
    ["2000 emoji", () => write("🎬".repeat(2000)), { prompt: "🎬".repeat(2000), ...settings }],
    ["line breaks and spaces", () => write("  one\n\n two "), { prompt: "  one\n\n two ", ...settings }],
    ["NUL and half an emoji", () => write("a\0b\ud83d"), { prompt: "ab", ...settings }],
  ];
  test.each(rows)("%s", async (_name, act_, payload) => {
    const form = open(vidu);
    write("P");
    await unfold();
    await act_();
    expect(form.submit()).toBe(true);
    expect(form.sent).toStrictEqual([payload]);
  });

  test("a dice rolls a seed the model takes, and never one that means any", async () => {
    const form = open(vidu, { prompt: "P" });
    await unfold();
    await user.click(screen.getByRole("button", { name: "New random seed" }));
    form.submit();
    const rolled = form.sent[0]?.seed as number;
    expect(Number.isInteger(rolled) && rolled >= 0 && rolled <= 4294967295).toBe(true);
  });

  test("a recipe comes back as it was sent", () => {
    const recipe = { prompt: "A cat", image_urls: [two, one], resolution: "1080p", duration: 3, audio: false, seed: 0 };
    const form = open(vidu, recipe);
    form.submit();
    expect(form.sent).toStrictEqual([recipe]);
  });
});

describe("what the form says", () => {
  test("nothing is red before it is sent", async () => {
    open(vidu);
    await user.click(prompt());
    await user.tab();
    expect(document.querySelector("[aria-invalid]")).toBeNull();
  });

  test("an empty form: the prompt is named, described and focused; writing clears it", async () => {
    const form = open(vidu);
    expect(form.submit()).toBe(false);
    expect(form.sent).toEqual([]);
    expect(document.activeElement).toBe(prompt());
    expect(prompt().getAttribute("aria-invalid")).toBe("true");
    const words = document.getElementById(prompt().getAttribute("aria-describedby") ?? "")?.textContent;
    expect(words).toBe("Write something in Prompt, or add an image to Reference images.");
    await user.type(prompt(), "A");
    expect(prompt().getAttribute("aria-invalid")).toBeNull();
    expect(form.submit()).toBe(true);
  });

  test("a fault in a folded section opens it and gets the focus", async () => {
    const form = open(vidu, { prompt: "P", seed: -2 });
    expect(screen.queryByRole("textbox", { name: "Seed" })).toBeNull();
    expect(form.submit()).toBe(false);
    expect(screen.getByRole("button", { name: "Advanced settings" }).getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(seed());
    expect(screen.getByText("Seed must be between -1 and 4294967295.")).toBeTruthy();
  });

  test("the first fault in the order of the form gets the focus", () => {
    const form = open(vidu, { prompt: "x".repeat(2001), duration: 99, seed: -2 });
    form.submit();
    expect(document.activeElement).toBe(prompt());
    expect(screen.getByText("Prompt can have at most 2000 characters; it has 2001.")).toBeTruthy();
    expect(screen.getByText("2001 / 2000")).toBeTruthy();
  });

  test("4.5 seconds stay, and are called wrong once the field is left", async () => {
    const form = open(vidu, { prompt: "P" });
    const typed = screen.getByRole<HTMLInputElement>("textbox", { name: "Duration in seconds" });
    await user.clear(typed);
    await user.type(typed, "4.5");
    expect(screen.queryByText("Duration must be a whole number.")).toBeNull();
    await user.tab();
    expect(screen.getByText("Duration must be a whole number.")).toBeTruthy();
    expect(typed.value).toBe("4.5");
    expect(form.submit()).toBe(false);
  });

  test("what is no number is kept and called wrong", async () => {
    const form = open(vidu, { prompt: "P" });
    await unfold();
    await user.type(seed(), "abc");
    await user.tab();
    expect(screen.getByText("Seed must be a whole number.")).toBeTruthy();
    expect(form.submit()).toBe(false);
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Seed" }).value).toBe("abc");
  });

  test("an address that is none is shown and called wrong", async () => {
    const form = open(vidu, { prompt: "P" });
    await unfold();
    await addImage("one.jpg");
    expect(form.submit()).toBe(false);
    expect(
      screen.getByText("Reference images must be files, or full web addresses starting with https://."),
    ).toBeTruthy();
  });

  test("with images the ratio stays in its place, off, with the reason", async () => {
    open(vidu, { prompt: "P", image_urls: [one] });
    const group = screen.getByRole("radiogroup", { name: "Aspect ratio" });
    expect(
      within(group)
        .getAllByRole<HTMLInputElement>("radio")
        .every((item) => item.disabled),
    ).toBe(true);
    expect(document.getElementById(group.getAttribute("aria-describedby") ?? "")?.textContent).toBe("off with images");
    await unfold();
    await user.click(await screen.findByRole("button", { name: "Remove first frame" }));
    expect(radio("16:9")).toHaveProperty("checked", true);
  });

  test("a refusal stands at its field until that field changes", async () => {
    const form = open(vidu, { prompt: "P" });
    form.refuse([{ field: "prompt", message: "The model's filter refused this text." }]);
    expect(screen.getByText("The model's filter refused this text.")).toBeTruthy();
    await user.click(radio("1080p"));
    expect(screen.getByText("The model's filter refused this text.")).toBeTruthy();
    await user.type(prompt(), "!");
    expect(screen.queryByText("The model's filter refused this text.")).toBeNull();
    expect(form.submit()).toBe(true);
  });

  test("a refusal of a folded field opens the section", () => {
    const form = open(vidu, { prompt: "P", seed: 5 });
    form.refuse([{ field: "seed", message: "Not this seed." }]);
    expect(seed().getAttribute("aria-invalid")).toBe("true");
  });

  test("every control is named by its title", async () => {
    open(vidu);
    await unfold();
    expect(screen.getByRole("radiogroup", { name: "Resolution" })).toBeTruthy();
    expect(screen.getByRole("radiogroup", { name: "Aspect ratio" })).toBeTruthy();
    expect(screen.getByRole("slider", { name: "Duration" })).toBeTruthy();
    expect(screen.getByRole("switch", { name: "Audio" })).toBeTruthy();
    expect(prompt() && seed()).toBeTruthy();
    expect(screen.getByLabelText("Reference images", { exact: true })).toHaveProperty("type", "file");
  });

  test("fields stand in the order people meet them", () => {
    open(vidu);
    const names = [...document.querySelectorAll("[id$=__name]")].map((name) => name.textContent);
    expect(names).toEqual(["Prompt", "Resolution", "Aspect ratio", "Duration", "Audio", "Reference images", "Seed"]);
  });

  test("pictures are asked of our own server", async () => {
    open(vidu, { image_urls: [one, two] });
    await screen.findByAltText("Last frame");
    const pictures = [...document.querySelectorAll("img")].map((picture) => picture.getAttribute("src"));
    expect(pictures).toEqual([one, two].map((url) => `/api/uploads/preview?url=${encodeURIComponent(url)}`));
    expect(screen.queryByLabelText("Reference images", { selector: "input" })).toBeNull();
  });
});

describe("the keyboard", () => {
  test("tab goes through the controls in their order, and the fold opens by key", async () => {
    open(vidu, { prompt: "P" });
    const names: (string | null)[] = [];
    const name = (element: Element | null) =>
      element?.getAttribute("aria-label") ?? element?.closest("label")?.textContent ?? element?.id ?? null;
    for (let step = 0; step < 7; step++) {
      await user.tab();
      names.push(name(document.activeElement));
    }
    expect(names.slice(0, 6)).toEqual(["root_prompt", "720p", "16:9", "root_duration", "Duration in seconds", "On"]);
    await user.keyboard("{Enter}");
    expect(screen.getByRole("button", { name: "Advanced settings" }).getAttribute("aria-expanded")).toBe("true");
  });

  test("a choice moves with the arrows", async () => {
    const form = open(vidu, { prompt: "P" });
    radio("720p").focus();
    await user.keyboard("{ArrowRight}");
    form.submit();
    expect(form.sent[0]?.resolution).toBe("1080p");
  });

  test("an address that is still being typed counts when the form is sent from there", async () => {
    const form = open(vidu, { prompt: "P" });
    await unfold();
    const listening = new AbortController();
    const send = (event: KeyboardEvent) => event.key === "Enter" && event.ctrlKey && form.submit();
    document.body.addEventListener("keydown", send, { signal: listening.signal });
    await openAddress();
    await user.type(images(), `${one}{Control>}{Enter}{/Control}`);
    listening.abort();
    expect(form.sent).toMatchObject([{ prompt: "P", image_urls: [one] }]);
  });

  test("with the last place taken, the focus stays with the pictures", async () => {
    open(vidu, { image_urls: [one] });
    await unfold();
    await addImage(two);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("group", { name: "Reference images" })));
  });

  test("Enter in a field sends nothing", async () => {
    const form = open(vidu, { prompt: "P" });
    await unfold();
    await user.type(seed(), "5{Enter}");
    expect(form.sent).toEqual([]);
  });
});

test("a key in the prompt renders the prompt alone", async () => {
  open(vidu, { prompt: "P" });
  await unfold();
  const controls = [...document.querySelectorAll("input, textarea, select")];
  // React keeps an element's newest props on its node: the same object means that its component did not render again.
  const propsOf = (node: Element) => Object.entries(node).find(([key]) => key.startsWith("__reactProps$"))?.[1];
  for (const key of "abc") {
    const before = controls.map(propsOf);
    await user.type(prompt(), key);
    const drawn = controls.filter((control, index) => propsOf(control) !== before[index]);
    expect(drawn.map((control) => control.id)).toEqual(["root_prompt"]);
  }
});

describe("on the server", () => {
  const page = (
    <Around>
      <SchemaForm model={vidu} formData={{ prompt: "P", duration: 4.5 }} onChange={() => {}} onSubmit={() => {}} />
    </Around>
  );
  test("the form is drawn whole, and the browser finds what it expects", () => {
    const html = renderToString(page);
    expect(html).toContain('value="4.5"');
    const box = document.createElement("div");
    document.body.append(box);
    box.innerHTML = html;
    render(page, { container: box, hydrate: true });
    box.remove();
  });

  test("two forms on a page keep apart", () => {
    render(
      <Around>
        <SchemaForm idPrefix="a" model={vidu} formData={{}} onChange={() => {}} onSubmit={() => {}} />
        <SchemaForm idPrefix="b" model={vidu} formData={{}} onChange={() => {}} onSubmit={() => {}} />
      </Around>,
    );
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    const names = new Set([...document.querySelectorAll("input[type=radio]")].map((item) => item.getAttribute("name")));
    expect(names.size).toBe(4);
  });
});
