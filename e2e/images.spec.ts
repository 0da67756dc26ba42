import type { Locator } from "@playwright/test";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

// Reference images by their addresses: what the page shows of them, and what MindVideo receives.

// Nothing here is about playing, and a clip that plays costs the test machine more than the rest of the page.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(({ vendor }) => vendor.set({ queuedMs: 50, finishedMs: 300 }));

class Images extends Screen {
  get mode(): Locator {
    return this.page
      .getByRole("region", { name: "Recipe" })
      .getByText(/^(Text|Image) to video$|^First and last frame$/);
  }
  get address(): Locator {
    return this.page.getByRole("textbox", { name: "Reference images address" });
  }
  /** Where files are chosen; gone when nothing more fits. */
  get chooser(): Locator {
    return this.page.locator("input[type=file]").and(this.page.getByLabel("Reference images", { exact: true }));
  }
  get ratio(): Locator {
    return this.page.getByRole("radiogroup", { name: "Aspect ratio" });
  }
  frame(name: "First frame" | "Last frame"): Locator {
    return this.page.getByRole("img", { name });
  }
  /** Width by height of a preview, once it is there. */
  async sizeOf(name: "First frame" | "Last frame"): Promise<number> {
    const size = () => this.frame(name).evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight);
    await expect.poll(size).toBeGreaterThan(0);
    return size();
  }
  async openAddress(): Promise<void> {
    const key = this.page.getByRole("button", { name: "Address", exact: true });
    if (await key.isVisible()) await key.click();
    await expect(this.address).toBeFocused();
  }
  async add(...addresses: string[]): Promise<void> {
    await this.openAddress();
    for (const address of addresses) {
      await this.address.fill(address);
      await this.address.press("Enter");
    }
  }
}

const SETTINGS = { resolution: "720p", duration: 5, audio: true };

test("images by address: the mode, the order, swap and remove, and exactly that is sent", async ({ page, vendor }) => {
  const [wide, tall] = [`${vendor.url}/pictures/640x360.png`, `${vendor.url}/pictures/360x640.png`];
  const inputOf = async (prompt: string) => {
    await screen.says("Done");
    return vendor.ledger().find((charge) => charge.input.prompt === prompt)?.input;
  };
  const screen = await new Images(page).open();
  await screen.choose("Aspect ratio", "1:1");
  await screen.openAdvanced();
  await expect(screen.mode).toHaveText("Text to video");

  await screen.add(wide);
  await expect(screen.mode).toHaveText("Image to video");
  expect(await screen.sizeOf("First frame")).toBeCloseTo(16 / 9, 1);
  await expect(screen.ratio).toHaveAttribute("aria-disabled", "true");
  await expect(screen.ratio).toHaveAccessibleDescription("off with images");
  for (const choice of await screen.ratio.getByRole("radio").all()) await expect(choice).toBeDisabled();
  await screen.press("one image");
  expect(await inputOf("one image")).toEqual({ ...SETTINGS, prompt: "one image", image_urls: [wide] });

  // Typed and not confirmed: whoever presses Generate now means it.
  await screen.prompt.fill("two images");
  await screen.openAddress();
  await screen.address.fill(tall);
  await screen.pressGenerate();
  await expect(screen.mode).toHaveText("First and last frame");
  await expect(screen.address).toHaveCount(0);
  await expect(screen.chooser).toHaveCount(0);
  await expect.poll(() => vendor.ledger().some((charge) => charge.input.prompt === "two images")).toBe(true);
  expect(await inputOf("two images")).toEqual({ ...SETTINGS, prompt: "two images", image_urls: [wide, tall] });

  await page.getByRole("button", { name: "Swap first and last frame" }).click();
  expect(await screen.sizeOf("First frame")).toBeCloseTo(9 / 16, 1);
  expect(await screen.sizeOf("Last frame")).toBeCloseTo(16 / 9, 1);
  await screen.press("swapped");
  await expect.poll(() => vendor.ledger().some((charge) => charge.input.prompt === "swapped")).toBe(true);
  expect(await inputOf("swapped")).toEqual({ ...SETTINGS, prompt: "swapped", image_urls: [tall, wide] });

  await page.getByRole("button", { name: "Remove first frame" }).click();
  await expect(screen.mode).toHaveText("Image to video");
  expect(await screen.sizeOf("First frame")).toBeCloseTo(16 / 9, 1);
  await expect(screen.chooser).toBeFocused();
  await page.getByRole("button", { name: "Remove first frame" }).click();
  await expect(screen.mode).toHaveText("Text to video");
  await expect(screen.ratio.getByRole("radio", { name: "1:1" })).toBeChecked();
  await screen.press("none left");
  await expect.poll(() => vendor.ledger().some((charge) => charge.input.prompt === "none left")).toBe(true);
  expect(await inputOf("none left")).toEqual({ ...SETTINGS, prompt: "none left", aspect_ratio: "1:1" });
});

test("images alone are enough, pasted together, the same one twice if wanted", async ({ page, vendor }) => {
  const address = `${vendor.url}/pictures/640x640.png`;
  const screen = await new Images(page).open();
  await screen.openAdvanced();
  await screen.openAddress();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(paste);
  }, `${address}\n${address}`);
  await expect(screen.mode).toHaveText("First and last frame");
  await screen.sizeOf("First frame");
  await screen.sizeOf("Last frame");
  await page.getByRole("button", { name: "Swap first and last frame" }).click();
  await screen.pressGenerate();
  await screen.says("Done");
  await expect(screen.shots.first()).toContainText("From reference images");
  const charge = vendor.ledger().find(({ input }) => String(input.image_urls) === `${address},${address}`);
  expect(charge?.input).toEqual({ ...SETTINGS, image_urls: [address, address] });
  await page.getByRole("button", { name: "Remove last frame" }).click();
  await expect(screen.frame("First frame")).toHaveCount(1);
  await expect(screen.frame("Last frame")).toHaveCount(0);
  await expect(screen.mode).toHaveText("Image to video");

  const other = `${vendor.url}/pictures/360x640.png`;
  await screen.openAddress();
  await screen.address.fill(other);
  await screen.address.press("Control+Enter");
  await expect
    .poll(() => vendor.ledger().find(({ input }) => String(input.image_urls) === `${address},${other}`)?.input)
    .toEqual({ ...SETTINGS, image_urls: [address, other] });
});

test.describe("an address without a picture", () => {
  test.use({ expected: { console: [/Failed to load resource/] } });

  test("says so at its place, and does not stand in the way", async ({ page, vendor }) => {
    const address = `${vendor.url}/files/none.png`;
    const screen = await new Images(page).open();
    await screen.openAdvanced();
    await screen.add(address);
    await expect(page.getByText("No picture found here")).toBeVisible();
    await expect(screen.mode).toHaveText("Image to video");
    await screen.press("no picture there");
    await screen.says("Done");
    const [charge] = vendor.ledger().filter(({ input }) => input.prompt === "no picture there");
    expect(charge?.input).toEqual({ ...SETTINGS, prompt: "no picture there", image_urls: [address] });
  });
});
