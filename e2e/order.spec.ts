import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CDPSession, Locator, Page } from "@playwright/test";
import { scene } from "./fixtures/pictures";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test as base } from "./fixtures/vendor-test";

// The order of files, by mouse, touch and keyboard: what the form shows is what MindVideo receives.

const files = (title: string, maxItems: number) => ({
  type: "array",
  title,
  maxItems,
  items: { type: "string" },
  "x-playground": { widget: "file-upload", uploadKind: "image", multiple: true },
});

const MODEL = {
  slug: "viduq3-pro",
  name: "Two lists",
  inputSchema: {
    type: "object",
    properties: {
      prompt: { type: "string", title: "Prompt" },
      frames: files("Frames", 2),
      subjects: files("Subjects", 3),
    },
  },
};

const test = base.extend<object, { models: string }>({
  models: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const folder = mkdtempSync(path.join(tmpdir(), "playground-models-"));
      writeFileSync(path.join(folder, "lists.json"), JSON.stringify(MODEL));
      await use(folder);
    },
    { scope: "worker" },
  ],
  serverEnv: [async ({ serverEnv, models }, use) => use({ ...serverEnv, MODELS_DIR: models }), { scope: "worker" }],
});

test.use({ contextOptions: { reducedMotion: "reduce" }, hasTouch: true });

class Lists extends Screen {
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
  picture(name: string): Locator {
    return this.page.getByRole("img", { name, exact: true });
  }
  async middleOf(target: Locator): Promise<{ x: number; y: number }> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error("It is nowhere.");
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  async dragByMouse(from: Locator, to: Locator): Promise<void> {
    const [start, end] = [await this.middleOf(from), await this.middleOf(to)];
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }
}

/** A finger, as the browser sees one: the page may scroll under it. */
class Finger {
  private constructor(private readonly session: CDPSession) {}
  static async on(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }
  private async touch(type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) {
    await this.session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  }
  /** Down, until `isReady`, over there, and up. */
  async drag(from: { x: number; y: number }, to: { x: number; y: number }, isReady: () => Promise<void>) {
    await this.touch("touchStart", [from]);
    await isReady();
    for (const share of [0.25, 0.5, 0.75, 1]) {
      await this.touch("touchMove", [{ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }]);
    }
    await this.touch("touchEnd", []);
  }
}

test("reorder and swap by mouse, touch and keyboard change what MindVideo receives", async ({ page, vendor }) => {
  vendor.set({ queuedMs: 50, finishedMs: 100 });
  const screen = await new Lists(page).open();
  const finger = await Finger.on(page);
  const wide = `${vendor.url}/pictures/640x360.png`;
  const tall = `${vendor.url}/pictures/360x640.png`;
  const names: Record<string, string> = { [wide]: "wide", [tall]: "tall" };

  /** What MindVideo gets for this press: a file of this device as the data it was given. */
  const received = async (prompt: string) => {
    await screen.press(prompt);
    const find = () => vendor.ledger().find((charge) => charge.input.prompt === prompt)?.input;
    await expect.poll(find).toBeDefined();
    const { frames = [], subjects = [] } = find() as { frames?: string[]; subjects?: string[] };
    return [frames, subjects].map((list) =>
      list.map((one) => names[one] ?? (one.startsWith("data:image/") ? "own" : one.slice(0, 80))).join(" "),
    );
  };

  for (const title of ["Frames", "Subjects"]) {
    // That of the first field goes away when the field is full.
    await screen.button("Address").first().click();
    const field = page.getByRole("textbox", { name: `${title} address` });
    for (const address of [wide, tall]) {
      await field.fill(address);
      await field.press("Enter");
    }
  }
  await page.getByLabel("Subjects", { exact: true }).setInputFiles([await scene("tea", 320, 320)]);
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await expect(screen.button("Crop image 3")).toHaveCount(1);
  expect(await received("as added")).toEqual(["wide tall", "wide tall own"]);

  await test.step("mouse: the picture itself, and the swap key", async () => {
    await screen.dragByMouse(screen.picture("Image 1"), screen.picture("Image 3"));
    await screen.dragByMouse(screen.picture("First frame"), screen.picture("Last frame"));
    expect(await received("dragged by mouse")).toEqual(["tall wide", "tall own wide"]);
    await screen.button("Swap first and last frame").click();
    // Let go beside every other one, it stays where it was.
    await screen.dragByMouse(screen.picture("Image 1"), screen.prompt);
    expect(await received("swapped by mouse")).toEqual(["wide tall", "tall own wide"]);
  });

  await test.step("keyboard: arrows on the handle, which keeps the focus", async () => {
    await screen.button("Move image 1").focus();
    await page.keyboard.press("ArrowRight");
    await expect(screen.button("Move image 2")).toBeFocused();
    await expect(page.getByText("Image 1 is now number 2 of 3.")).toBeAttached();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(screen.button("Move image 3")).toBeFocused();
    await page.keyboard.press("ArrowLeft");
    await screen.button("Swap first and last frame").press("Enter");
    await expect(screen.button("Swap first and last frame")).toBeFocused();
    expect(await received("by keyboard")).toEqual(["tall wide", "own tall wide"]);
  });

  await test.step("touch: a long press on the picture, the handle at once, and a tap", async () => {
    const lifted = async () => {
      await expect(page.locator("[data-lifted]")).toHaveCount(1);
    };
    const [first, third] = [screen.picture("Image 1"), screen.picture("Image 3")];
    await finger.drag(await screen.middleOf(third), await screen.middleOf(first), lifted);
    expect(await received("long press")).toEqual(["tall wide", "wide own tall"]);
    const handle = await screen.middleOf(screen.button("Move image 1"));
    await finger.drag(handle, await screen.middleOf(screen.picture("Image 2")), async () => {});
    await finger.drag(
      await screen.middleOf(screen.picture("Last frame")),
      await screen.middleOf(screen.picture("First frame")),
      lifted,
    );
    expect(await received("by finger")).toEqual(["wide tall", "own wide tall"]);
    await screen.button("Swap first and last frame").tap();
    // A finger that moves at once wants to scroll.
    await finger.drag(await screen.middleOf(first), await screen.middleOf(third), async () => {});
    expect(await received("tapped and scrolled")).toEqual(["tall wide", "own wide tall"]);
  });
});
