import type { Page } from "@playwright/test";
import { expectAccessible } from "./fixtures/axe";
import { scene, transferOf } from "./fixtures/pictures";
import { Screen } from "./fixtures/screen";
import { startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";
import { watch } from "./fixtures/watch";

test.use({ expected: { console: [/ERR_INTERNET_DISCONNECTED/, /Failed to load resource/] } });

const SIZES = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
];

for (const { name, width, height } of SIZES) {
  test(`axe finds nothing in any state, ${name}`, async ({ page, context, vendor }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height });
    const screen = await new Screen(page).open();
    await screen.says("Ready");
    await expectAccessible(page, "empty");

    await screen.openAdvanced();
    await expectAccessible(page, "advanced settings open");

    await screen.prompt.fill("");
    await screen.pressGenerate();
    await expect(screen.prompt).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page, "invalid");

    vendor.next({ prompt: "sending", delayMs: 20_000 });
    await screen.press("sending");
    await screen.says("Sending");
    await expectAccessible(page, "sending");

    for (const hold of ["queued", "processing"] as const) {
      vendor.set({ hold });
      await screen.press(`held ${hold}`);
      await screen.says(hold === "queued" ? "Queued" : "Processing");
      await expectAccessible(page, hold);
    }
    vendor.set({ hold: null });

    await screen.says("Done");
    await expect(screen.video).toBeVisible();
    await expectAccessible(page, "done");

    vendor.next({ prompt: "refused", status: 422, body: { error: { message: "Not this word", field: "prompt" } } });
    await screen.press("refused");
    await screen.says("Failed");
    await expectAccessible(page, "failed");

    vendor.next({ prompt: "unclear", cut: true, makeTask: true }, { prompt: "unclear", status: 403 });
    await screen.press("unclear");
    await screen.says("Unconfirmed");
    await expectAccessible(page, "unconfirmed");

    vendor.ending({ prompt: "cancelled there", status: "cancelled" });
    await screen.press("cancelled there");
    await screen.says("Cancelled");
    await expectAccessible(page, "cancelled");

    await context.setOffline(true);
    await screen.press("pressed offline");
    await screen.says("Sending");
    await expectAccessible(page, "offline");
    await context.setOffline(false);
  });
}

for (const { name, width, height } of SIZES) {
  test(`axe finds nothing in the rarer states, ${name}`, async ({ page, vendor }) => {
    test.setTimeout(120_000);
    vendor.set({ queuedMs: 50, finishedMs: 300 });
    await page.setViewportSize({ width, height });
    const screen = await new Screen(page).open();
    await page.evaluate(() => {
      const old = {
        id: crypto.randomUUID(),
        model: "viduq3-pro",
        input: { prompt: "left behind" },
        at: Date.now() - 3e5,
      };
      localStorage.setItem(`mindvideo:press:${old.id}`, JSON.stringify(old));
    });
    await page.reload();
    await screen.ready();
    await expect(page.getByRole("button", { name: "Send it now" })).toBeVisible();
    await expectAccessible(page, "not sent: send or discard");
    await page.getByRole("button", { name: "Discard" }).click();
    await screen.says("Ready");

    await screen.openAdvanced();
    await page.getByRole("button", { name: "Address", exact: true }).click();
    const address = page.getByRole("textbox", { name: "Reference images address" });
    for (const size of ["640x360", "360x640"]) {
      await address.fill(`${vendor.url}/pictures/${size}.png`);
      await address.press("Enter");
    }
    await expect(page.getByRole("img", { name: "Last frame" })).toBeVisible();
    await expectAccessible(page, "two images");

    const seed = page.getByRole("textbox", { name: "Seed", exact: true });
    await seed.fill("5");
    await screen.press("with a seed and two images");
    await screen.says("Done");
    if (width > 1024) {
      await page.setViewportSize({ width: 1024, height: 768 });
      await expectAccessible(page, "done at 1024");
      await page.setViewportSize({ width, height });
    }
    await screen.result.getByRole("button", { name: "Generate again" }).click();
    await expect(screen.result.getByRole("button", { name: "New seed" })).toBeVisible();
    await expectAccessible(page, "the offer of a new seed");

    for (const [status, title] of [
      [404, "The link to this clip has expired."],
      [503, "The clip could not be loaded."],
    ] as const) {
      vendor.next({ on: "output", prompt: title, status, times: "always" });
      await screen.press(title);
      await expect(screen.result.getByRole("heading", { name: title })).toBeVisible();
      await expectAccessible(page, title);
    }
    vendor.clear();

    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page, "not found");
  });
}

for (const { name, width, height } of SIZES) {
  test(`axe finds nothing in the file control, which works by keyboard alone, ${name}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height });
    const screen = await new Screen(page).open();
    await screen.openAdvanced();
    const chooser = page.getByLabel("Reference images", { exact: true });
    const button = (label: string) => page.getByRole("button", { name: label, exact: true });
    const press = async (label: string, key = "Enter") => {
      await button(label).focus();
      await page.keyboard.press(key);
    };
    const choose = async (...pictures: Awaited<ReturnType<typeof scene>>[]) => {
      const asked = page.waitForEvent("filechooser");
      await chooser.focus();
      await page.keyboard.press("Enter");
      await (await asked).setFiles(pictures);
    };
    let cut = () => {};
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    await page.route("**/api/uploads", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await isCut;
      return route.abort();
    });
    await choose(await scene("lighthouse", 640, 360), await scene("rain", 180, 320));
    await expect(page.getByRole("progressbar", { name: "Sending first frame" })).toBeVisible();
    await expect(page.getByRole("progressbar", { name: "Sending last frame" })).toBeVisible();
    await expectAccessible(page, "two files on their way");

    cut();
    await expect(button("Retry first frame")).toBeVisible();
    await expect(button("Retry last frame")).toBeVisible();
    await expectAccessible(page, "two files that did not arrive");
    await page.unroute("**/api/uploads");
    await press("Retry last frame");
    await press("Retry first frame", "Space");
    await expect(button("Crop first frame")).toBeAttached();
    await expect(button("Crop last frame to 16:9")).toBeVisible();
    await expect(page.getByText("Last frame is only 180 × 320 px: the clip may look soft.")).toBeVisible();
    await expectAccessible(page, "two frames of two shapes");

    await press("Crop last frame to 16:9");
    const crop = page.getByRole("dialog", { name: "Crop last frame" });
    await expect(crop.getByRole("status")).toHaveText("180 × 101");
    await expectAccessible(page, "crop dialog");
    await crop.getByRole("group", { name: /^What is kept/ }).focus();
    await page.keyboard.press("Shift+ArrowUp");
    await crop.getByRole("button", { name: /^The bottom right corner/ }).focus();
    await page.keyboard.press("Shift+ArrowLeft");
    await expect(crop.getByRole("status")).not.toHaveText("180 × 101");
    await crop.getByRole("button", { name: "Reset" }).press("Enter");
    await expect(crop.getByRole("status")).toHaveText("180 × 101");
    await crop.getByRole("button", { name: "Crop", exact: true }).press("Enter");
    await expect(button("Remove last frame")).toBeFocused();
    await expect(page.getByText("Last frame is only 180 × 101 px")).toBeVisible();
    await expect(button("Crop last frame to 16:9")).toHaveCount(0);

    await press("Swap first and last frame");
    await expect(button("Swap first and last frame")).toBeFocused();
    await expect(page.getByText("First frame is only 180 × 101 px")).toBeVisible();
    await press("Remove last frame");
    await expect(chooser).toBeFocused();

    await press("Earlier uploads");
    const earlier = page.getByRole("dialog", { name: "Earlier uploads" });
    await earlier.getByRole("checkbox", { name: "lighthouse.png" }).press("Space");
    await expect(earlier).toContainText("1 chosen");
    await expectAccessible(page, "earlier uploads");
    await page.keyboard.press("Escape");
    await expect(button("Earlier uploads")).toBeFocused();

    const dataTransfer = await transferOf(page, [await scene("tea", 64, 36)]);
    await page.getByRole("region", { name: "Result" }).dispatchEvent("dragover", { dataTransfer });
    await expect(page.getByText("Drop to use as last frame")).toBeVisible();
    await expectAccessible(page, "something dragged over the page");
  });
}

test("axe finds nothing when a limit is reached, and the page says whose it is", async ({ browser, vendor }) => {
  vendor.set({ hold: "processing" });
  const playground = await startPlayground({ env: { ...vendor.env, ACTIVE_LIMIT_VISITOR: "1" } });
  const context = await browser.newContext({ baseURL: playground.url });
  const problems = await watch(context, playground.url, { console: [] });
  const page = await context.newPage();
  const screen = await new Screen(page).open();
  await screen.press("the one that may run");
  await screen.says("Processing");
  await screen.press("one too many");
  await screen.says("Failed");
  await expect(screen.result.getByRole("heading", { name: "Enough is running for now." })).toBeVisible();
  await expect(screen.result).toContainText("Nothing was charged");
  await expect(screen.prompt).toHaveValue("one too many");
  for (const { name, ...size } of SIZES) {
    await page.setViewportSize(size);
    await expectAccessible(page, `limit reached, ${name}`);
  }
  vendor.clear();
  await expect(screen.shots.last()).toContainText("Done");
  await screen.result.getByRole("button", { name: "Generate again" }).click();
  await screen.says("Done");
  expect(problems()).toEqual([]);
  await context.close();
  await playground.stop();
});

test("a whole run by the keyboard alone, announced, with the focus left where it is", async ({ page, vendor }) => {
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const text = document.querySelector('[aria-label="Result"] [role="status"]')?.textContent ?? "";
      if (said.at(-1) !== text) said.push(text);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  const screen = await new Screen(page).open();
  const tabTo = async (isThere: () => Promise<boolean>) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await isThere()) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("Tab never got there");
  };
  const hasFocus = (locator: ReturnType<Page["getByRole"]>) => () =>
    locator.evaluate((element) => element === document.activeElement);

  await tabTo(hasFocus(screen.prompt));
  await page.keyboard.type("By keyboard alone.");
  const chosen = page.getByRole("radiogroup", { name: "Resolution" }).getByRole("radio", { checked: true });
  await tabTo(hasFocus(chosen));
  await page.keyboard.press("ArrowLeft");
  await expect(chosen).toHaveAccessibleName("540p");
  const audio = page.getByRole("switch", { name: "Audio" });
  await tabTo(hasFocus(audio));
  await page.keyboard.press("Space");
  await expect(audio).not.toBeChecked();
  const advanced = page.getByRole("button", { name: "Advanced settings" });
  await tabTo(hasFocus(advanced));
  await page.keyboard.press("Enter");
  await expect(advanced).toHaveAttribute("aria-expanded", "true");
  const seed = page.getByRole("textbox", { name: "Seed", exact: true });
  await tabTo(hasFocus(seed));
  await page.keyboard.type("7");

  vendor.set({ hold: "queued" });
  await page.keyboard.press("Control+Enter");
  await screen.says("Queued");
  vendor.set({ hold: "processing" });
  await screen.says("Processing");
  vendor.set({ hold: null });
  await screen.says("Done");
  expect(await hasFocus(seed)()).toBe(true);
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said.join(" | "));
  for (const word of ["Ready", "Sending", "Queued", "Processing", "Done"]) expect(said).toContain(word);
  const [charge] = vendor.ledger().filter((one) => one.input.prompt === "By keyboard alone.");
  expect(charge?.input).toMatchObject({ resolution: "540p", audio: false, seed: 7 });

  const play = screen.result.getByRole("button", { name: /^(Play|Pause)/ });
  await tabTo(hasFocus(play));
  const name = await play.getAttribute("aria-label");
  await page.keyboard.press("Space");
  await expect.poll(async () => (await play.getAttribute("aria-label")) !== name).toBe(true);
});
