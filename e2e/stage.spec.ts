import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "@playwright/test";
import { modelsFolder } from "./fixtures/models";
import { Screen } from "./fixtures/screen";
import { ROOT, startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

// The stage: a frame that is right from the start, and a player that is all there by keyboard.

test.beforeEach(({ vendor }) => vendor.set({ queuedMs: 50, finishedMs: 300 }));
test.afterEach(({ vendor }) => vendor.clear());

class Stage extends Screen {
  readonly frame = this.result.locator(".frame");
  readonly ruler = this.result.locator(".scale");

  control(name: string): Locator {
    return this.result.getByRole("button", { name, exact: true });
  }
  isPaused(): Promise<boolean> {
    return this.video.evaluate((video: HTMLVideoElement) => video.paused);
  }
  /** Where frame, ruler, Generate and the first of the filmstrip are, to the pixel. */
  async places(): Promise<Record<string, number[]>> {
    const boxes: Record<string, number[]> = {};
    for (const [name, locator] of Object.entries({
      frame: this.frame,
      ruler: this.ruler,
      generate: this.generate,
      film: this.film,
    })) {
      const box = await locator.boundingBox();
      boxes[name] = box ? [box.x, box.y, box.width, box.height].map(Math.round) : [];
    }
    return boxes;
  }
}

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

for (const size of SIZES) {
  test(`the frame has the output's ratio before the video is there, ${size.width} px wide`, async ({
    page,
    vendor,
  }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ reducedMotion: "reduce" });
    const screen = await new Stage(page).open();
    await screen.openAdvanced();
    for (const [name, ratio] of [
      ["16:9", 16 / 9],
      ["9:16", 9 / 16],
      ["a tall picture", 9 / 16],
    ] as const) {
      if (name === "a tall picture") {
        await page.getByRole("button", { name: "Address", exact: true }).click();
        const address = page.getByRole("textbox", { name: "Reference images address" });
        await address.fill(`${vendor.url}/pictures/360x640.png`);
        await address.press("Enter");
      } else await screen.choose("Aspect ratio", name);
      vendor.set({ hold: "processing" });
      await screen.press(`${name} at ${size.width}`);
      await screen.says("Processing");
      const shape = async () => {
        const box = await screen.frame.boundingBox();
        return box ? box.width / box.height : 0;
      };
      await expect.poll(shape).toBeCloseTo(ratio, 1);
      const before = await screen.places();
      vendor.set({ hold: null });
      await screen.says("Done");
      await expect.poll(() => screen.video.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
      expect(await screen.places(), name).toEqual(before);
    }
  });
}

test("the player by keyboard, and no single key outside of it", async ({ page }) => {
  const screen = await new Stage(page).open();
  await screen.press("a clip to play");
  await screen.says("Done");
  await screen.plays();

  // The focus is on Generate: nothing here is a shortcut of the player.
  for (const key of ["k", "m", "o", ",", ".", "s", "d", "r"]) await page.keyboard.press(key);
  await screen.prompt.focus();
  await page.keyboard.press("End");
  await page.keyboard.type("kmo,.sdr ");
  await expect(screen.prompt).toHaveValue("a clip to playkmo,.sdr ");
  expect(await screen.isPaused()).toBe(false);
  await expect(screen.control("Sound")).toHaveAttribute("aria-pressed", "false");
  await expect(screen.control("Loop")).toHaveAttribute("aria-pressed", "true");
  await expect(screen.control("Star")).toHaveAttribute("aria-pressed", "false");
  await expect(screen.shots).toHaveCount(1);

  const position = screen.result.getByRole("slider", { name: "Position" });
  await position.focus();
  await page.keyboard.press("Space");
  await expect(screen.control("Play")).toBeVisible();
  expect(await screen.isPaused()).toBe(true);
  await page.keyboard.press("k");
  await expect(screen.control("Pause")).toBeVisible();
  await page.keyboard.press("k");
  await expect(screen.control("Play")).toBeVisible();

  await page.keyboard.press("Home");
  await expect.poll(() => screen.time()).toBe(0);
  for (const [key, way] of [
    ["ArrowRight", 1],
    ["ArrowLeft", -1],
    [".", 1],
    [",", -1],
  ] as const) {
    const from = await screen.time();
    await page.keyboard.press(key);
    await expect.poll(async () => Math.sign((await screen.time()) - from)).toBe(way);
    // One frame, not a jump.
    expect(Math.abs((await screen.time()) - from)).toBeLessThan(0.05);
  }
  await page.keyboard.press("PageUp");
  await expect(position).toHaveAttribute("aria-valuenow", "1.00");
  await expect(position).toHaveAttribute("aria-valuetext", "1.0 of 5.0 seconds");

  await page.keyboard.press("m");
  await expect(screen.control("Sound")).toHaveAttribute("aria-pressed", "true");
  expect(await screen.video.evaluate((video: HTMLVideoElement) => video.muted)).toBe(false);
  await page.keyboard.press("o");
  await expect(screen.control("Loop")).toHaveAttribute("aria-pressed", "false");
  expect(await screen.video.evaluate((video: HTMLVideoElement) => video.loop)).toBe(false);
  await page.keyboard.press("f");
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
  await page.keyboard.press("f");
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(false);
  await expect(screen.control("Full screen")).toBeVisible();

  // Wherever in Result the focus is, the keys are the player's.
  await screen.control("Star").focus();
  await page.keyboard.press("k");
  await expect(screen.control("Pause")).toBeVisible();
});

test("a clip that was there before the page's scripts plays with its ruler", async ({ page }) => {
  const screen = await new Stage(page).open();
  await screen.press("an early clip");
  await screen.says("Done");
  const arrived = () => page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) > 0);
  await page.route("**/_next/**/*.js", async (route) => {
    await arrived();
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  await screen.ready();
  await expect(screen.ruler).toHaveAttribute("aria-valuemax", "5");
  await expect(screen.ruler).toContainText("5 s");
  await screen.plays();
  await expect(screen.control("Pause")).toBeVisible();
});

test("a clip of another shape than was asked for stays within its place", async ({ page }) => {
  const screen = await new Screen(page).open();
  await page.route("**/outputs/0", (route) => route.fulfill({ path: "e2e/fixtures/clips/540x960.mp4" }));
  await screen.press("asked for wide, came tall");
  await expect.poll(async () => (await screen.facts()).height).toBe(960);
  const box = async (locator: Locator) => (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const strip = await box(page.getByRole("region", { name: "Filmstrip" }));
  await expect
    .poll(async () => {
      const { width, height } = await box(screen.video);
      return (width / height).toFixed(2);
    })
    .toBe((540 / 960).toFixed(2));
  const download = await box(page.getByRole("link", { name: "Download" }));
  expect(download.y + download.height).toBeLessThanOrEqual(strip.y);
});

test("nothing covers anything in a window of any width, however long the model's name", async ({ browser, vendor }) => {
  const model = JSON.parse(readFileSync(path.join(ROOT, "lib/models/viduq3-pro.json"), "utf8"));
  model.name = "Vidu Q3 Pro Extended, the long one with sound, references and a name that ends nowhere";
  const server = await startPlayground({ env: { ...vendor.env, MODELS_DIR: modelsFolder([model]) } });
  const page = await browser.newPage({ baseURL: server.url });
  const screen = await new Screen(page).open();
  await screen.press("a name as long as a shot");
  await screen.says("Done");
  const groups = [
    page.getByRole("banner").locator(".brand, .model-name, button"),
    screen.result.locator(".transport > button, .transport > .framemenu button"),
    screen.result.locator(".cells dd > button, .acts > *"),
  ];
  for (const width of [1440, 1200, 1024, 760, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const group of groups) {
      const boxes = await boxesOf(group);
      expect(boxes.length).toBeGreaterThan(2);
      const covered = boxes.filter((box, index) => boxes.slice(index + 1).some((other) => overlap(box, other)));
      expect([width, covered.map(({ text }) => text)]).toEqual([width, []]);
    }
  }
  await page.close();
  await server.stop();
});

type Box = { text: string; left: number; right: number; top: number; bottom: number };

/** Where those are that can be seen, with what hangs out of them; what is there for screen readers alone is a pixel wide. */
const boxesOf = (group: Locator): Promise<Box[]> =>
  group.evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { left, right, top, bottom, width } = element.getBoundingClientRect();
      if (width <= 1) return [];
      const isCut = getComputedStyle(element).overflowX === "hidden";
      const drawn = isCut ? right : Math.max(right, left + element.scrollWidth);
      return [{ text: element.textContent || element.ariaLabel || "", left, right: drawn, top, bottom }];
    }),
  );

// A value's own room reaches a few pixels around it, so that it is large enough to press.
const overlap = (a: Box, b: Box) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 8;

test("the sample clip plays on the first visit, and nothing moves for those who asked for less", async ({ page }) => {
  const screen = await new Stage(page).open();
  const sample = screen.result.getByLabel("Sample clip");
  const isStill = (video: Locator) => video.evaluate((element: HTMLVideoElement) => element.paused);
  await expect.poll(() => sample.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);
  expect(await sample.evaluate((video: HTMLVideoElement) => video.muted)).toBe(true);

  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.reload();
  await screen.ready();
  expect(await isStill(sample)).toBe(true);
  await screen.press("less motion");
  await screen.says("Done");
  await expect.poll(() => screen.video.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
  expect(await isStill(screen.video)).toBe(true);
  await screen.control("Play").click();
  await screen.plays();
});

test("Ctrl+Enter generates from anywhere, and presses nothing else", async ({ page, vendor }) => {
  const screen = await new Stage(page).open();
  const made = (prompt: string) => vendor.ledger().filter((charge) => charge.input.prompt === prompt).length;
  await screen.press("from a button");
  await screen.says("Done");
  const theme = page.getByRole("button", { name: /^Theme/ });
  const name = await theme.getAttribute("aria-label");
  const places: [string, Locator][] = [
    ["from the header", theme],
    ["from a choice", page.getByRole("radiogroup", { name: "Resolution" }).getByRole("radio", { checked: true })],
    ["from the result", screen.control("Star")],
    ["from the filmstrip", screen.shots.last().getByRole("button")],
  ];
  for (const [prompt, place] of places) {
    await screen.prompt.fill(prompt);
    await place.focus();
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => made(prompt)).toBe(1);
    await screen.says("Done");
    await expect(screen.shots.first()).toContainText(prompt);
  }
  await expect(screen.shots).toHaveCount(5);
  await expect(theme).toHaveAttribute("aria-label", name ?? "");
  await expect(screen.control("Star")).toHaveAttribute("aria-pressed", "false");
});
