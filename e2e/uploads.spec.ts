import { type Locator, type Page, test as plain } from "@playwright/test";
import { dropFiles, pasteFiles, scene } from "./fixtures/pictures";
import { decodeFrames, psnr } from "./fixtures/pixels";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect, test } from "./fixtures/test";

// Pictures of this device as reference images: what goes in is what the clip shows, first and last.

const MIN_LIKENESS_DB = 30;

// Nothing here is about playing.
test.use({ contextOptions: { reducedMotion: "reduce" } });

class Uploads extends Screen {
  /** Where files are chosen, by the field's title. */
  get chooser(): Locator {
    return this.page.getByLabel("Reference images", { exact: true });
  }
  get advanced(): Locator {
    return this.page.getByRole("button", { name: "Advanced settings" });
  }
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
  /** Until this frame has arrived and is shown. */
  async has(name: "First frame" | "Last frame"): Promise<void> {
    await expect(this.button(`Remove ${name.toLowerCase()}`)).toBeVisible();
    await expect(this.page.getByRole("img", { name, exact: true })).toHaveJSProperty("complete", true);
  }
  /** Presses Generate, and gives the first and the last frame of the clip it makes. */
  async ends(prompt: string) {
    await this.press(prompt);
    const made = async () => {
      const [newest] = await storedGenerations(this.page);
      return newest?.status === "succeeded" && JSON.stringify(newest.input).includes(prompt) ? newest.id : null;
    };
    await expect.poll(made, { timeout: 20_000 }).not.toBeNull();
    return decodeFrames(this.page, `/api/generations/${await made()}/outputs/0`, ["first", "last"]);
  }
}

test("pictures by drop, pick and paste are the clip's first and last frame", async ({ page }) => {
  const [lighthouse, balloons, forest] = await Promise.all([scene("lighthouse"), scene("balloons"), scene("forest")]);
  const screen = await new Uploads(page).open();
  await screen.choose("Resolution", "540p");

  await plain.step("dropped far from its field, which is folded away", async () => {
    await dropFiles(page.getByRole("region", { name: "Result" }), [lighthouse]);
    await expect(screen.advanced).toHaveAttribute("aria-expanded", "true");
    await screen.has("First frame");
    const [first = ""] = await screen.ends("one dropped");
    expect(await psnr(first, lighthouse.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
  });

  await plain.step("picked by the field's title, beside the first", async () => {
    await screen.chooser.setInputFiles([balloons]);
    await screen.has("Last frame");
    await expect(page.getByText("First and last frame", { exact: true })).toBeVisible();
    const [first = "", last = ""] = await screen.ends("one picked");
    expect(await psnr(first, lighthouse.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
    expect(await psnr(last, balloons.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
    expect(await psnr(last, lighthouse.buffer), "a likeness that anything has shows nothing").toBeLessThan(20);
  });

  await plain.step("pasted together, with the focus in the prompt", async () => {
    await screen.button("Remove first frame").click();
    await expect(screen.chooser).toBeFocused();
    await screen.button("Remove first frame").click();
    // They are earlier uploads now, though none was there when the page was opened.
    await expect(screen.button("Earlier uploads")).toBeVisible();
    await screen.prompt.focus();
    await pasteFiles(page, [forest, lighthouse]);
    await screen.has("First frame");
    await screen.has("Last frame");
    const [first = "", last = ""] = await screen.ends("two pasted");
    expect(await psnr(first, forest.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
    expect(await psnr(last, lighthouse.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
  });

  await plain.step("chosen again from earlier uploads, and deleted there", async () => {
    await screen.button("Remove last frame").click();
    await screen.button("Earlier uploads").click();
    const dialog = page.getByRole("dialog", { name: "Earlier uploads" });
    await dialog.getByRole("checkbox", { name: "balloons.png" }).check();
    await dialog.getByRole("button", { name: "Add" }).click();
    await screen.has("Last frame");
    const [, last = ""] = await screen.ends("one from before");
    expect(await psnr(last, balloons.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
    await screen.button("Remove last frame").click();
    await screen.button("Earlier uploads").click();
    await dialog.getByRole("button", { name: "Delete lighthouse.png" }).click();
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(dialog.getByRole("checkbox", { name: "lighthouse.png" })).toHaveCount(0);
    await expect(dialog.getByRole("checkbox", { name: "balloons.png" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(screen.button("Earlier uploads")).toBeFocused();
  });

  await plain.step("given as a data: address, which becomes an upload like any other", async () => {
    const tea = await scene("tea");
    const address = page.getByRole("textbox", { name: "Reference images address" });
    await screen.button("Address").click();
    await address.fill(`data:${tea.mimeType};base64,${tea.buffer.toString("base64")}`);
    await address.press("Enter");
    await screen.has("Last frame");
    const [, last = ""] = await screen.ends("one address");
    expect(await psnr(last, tea.buffer)).toBeGreaterThan(MIN_LIKENESS_DB);
    const [newest] = await storedGenerations(page);
    expect(newest?.input).toMatchObject({
      image_urls: [/^upload:/, /^upload:/].map((ref) => expect.stringMatching(ref)),
    });
    await screen.button("Remove last frame").click();
  });

  await plain.step("what is too much, and what is no file, is said at the field", async () => {
    const recipe = page.getByRole("region", { name: "Recipe" });
    await dropFiles(recipe, [balloons, lighthouse]);
    await expect(recipe).toContainText("“lighthouse.png” was not added");
    await screen.has("Last frame");
    await page.getByRole("group", { name: "Reference images" }).dispatchEvent("drop", await textDrag(page));
    await expect(recipe).toContainText("neither a file nor the address of one");
    expect(new URL(page.url()).pathname).toBe("/");
  });
});

async function textDrag(page: Page) {
  const dataTransfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.setData("text/plain", "some words");
    return transfer;
  });
  return { dataTransfer };
}
