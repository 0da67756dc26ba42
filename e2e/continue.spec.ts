import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "@playwright/test";
import sharp from "sharp";
import type { Generation } from "../lib/generations/schema";
import { expectAccessible } from "./fixtures/axe";
import { decodeFrames, type Picture, psnr } from "./fixtures/pixels";
import { Screen } from "./fixtures/screen";
import { expect, test } from "./fixtures/test";

// Going on from a clip: its frames as references, and the chain that comes of it.

const SAME_PICTURE_DB = 30;
const FRAME_SECONDS = 1 / 24;
/** A disc that moves, with stripes that tell the frames apart. */
const MOVING = readFileSync(path.join(__dirname, "fixtures/clips/960x540.mp4"));

test.use({
  serverEnv: { SANDBOX_SECONDS: "0.2", SUBMITS_PER_MINUTE: "100" },
  // Nothing here is about playing, and a clip that plays costs the test machine more than the rest of the page.
  contextOptions: { reducedMotion: "reduce" },
  expected: { console: [/410/] },
});

class Chain extends Screen {
  readonly recipe = this.page.getByRole("region", { name: "Recipe" });
  readonly files = this.page.locator("input[type=file]").and(this.page.getByLabel("Reference images", { exact: true }));
  readonly arrived = this.recipe.locator("[data-state=here]");
  readonly goOn = this.result.getByRole("button", { name: "Continue from here" });
  readonly frames = this.result.getByRole("button", { name: "Use a frame" });
  readonly sheet = this.result.getByRole("group", { name: "Frames of this clip" });

  takeFrame(name: string): Promise<void> {
    return this.sheet.getByRole("button", { name }).click();
  }
  continues(prompt: string): Locator {
    return this.recipe.getByText(`Continues ${prompt}`, { exact: true });
  }
  /** Presses Generate, at once, and waits for the clip. */
  async make(prompt: string): Promise<Generation> {
    await this.press(prompt);
    await expect(this.shots.first()).toContainText(`Done: ${prompt}`, { timeout: 20_000 });
    const [newest] = await this.stored();
    if (newest?.input.prompt !== prompt) throw new Error(`${prompt} is not the newest`);
    return newest;
  }
  /** The visitor's generations as the server tells them, newest first. */
  async stored(): Promise<Generation[]> {
    const answer = await this.page.request.get("/api/generations");
    return ((await answer.json()) as { generations: Generation[] }).generations;
  }
  /** The pictures of the form, once `count` of them have arrived. */
  async pictures(count: number): Promise<Buffer[]> {
    const refs = () =>
      this.page.evaluate(() => JSON.parse(localStorage.getItem("mindvideo:draft:viduq3-pro") ?? "{}").image_urls ?? []);
    await expect(this.arrived).toHaveCount(count);
    await expect.poll(async () => (await refs()).length).toBe(count);
    return Promise.all((await refs()).map((ref: string) => uploaded(this.page, ref)));
  }
  /** What the player shows, pixel by pixel. */
  async shown(): Promise<Buffer> {
    const png = await this.video.evaluate((video: HTMLVideoElement) => {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      return canvas.toDataURL("image/png");
    });
    return Buffer.from(png.replace(/^.*,/, ""), "base64");
  }
}

const picturesOf = (generation: Generation) => (generation.input.image_urls ?? []) as string[];

/** An upload as its visitor gets it. */
async function uploaded(page: Page, ref: string): Promise<Buffer> {
  const answer = await page.request.get(ref.replace("upload:", "/api/uploads/"));
  expect(answer.ok()).toBe(true);
  return answer.body();
}

async function framesOf(page: Page, generation: Generation): Promise<{ first: Picture; last: Picture }> {
  const [first, last] = await decodeFrames(page, generation.outputs[0]?.url ?? "", ["first", "last"]);
  if (!first || !last) throw new Error("A frame is missing");
  return { first, last };
}

async function painted(name: string, colour: string) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720"><rect width="960" height="720" fill="${colour}"/><circle cx="300" cy="300" r="200" fill="#ddd"/><path d="M0 720 480 400 960 720z" fill="#222"/></svg>`;
  return { name, mimeType: "image/png", buffer: await sharp(Buffer.from(svg)).png().toBuffer() };
}

/** From here on the clips on the stage are another file, served with Range as ours are. */
async function serveInstead(page: Page, file: Buffer) {
  await page.route("**/outputs/0", (route) => {
    const start = Number(/bytes=(\d+)-/.exec(route.request().headers().range ?? "")?.[1] ?? 0);
    const end = Number(/bytes=\d+-(\d+)/.exec(route.request().headers().range ?? "")?.[1] ?? file.length - 1);
    return route.fulfill({
      status: 206,
      contentType: "video/mp4",
      headers: { "Accept-Ranges": "bytes", "Content-Range": `bytes ${start}-${end}/${file.length}` },
      body: file.subarray(start, end + 1),
    });
  });
}

test("clips continue from each other's last frame, and any frame becomes a reference", async ({ page }) => {
  // One page for all of it: seven clips, and a dozen of them decoded.
  test.setTimeout(120_000);
  const screen = await new Chain(page).open();
  const SETTINGS = { resolution: "540p", duration: 2, audio: false };

  const chain = await test.step("twice in a row: each begins on the frame its parent ended on", async () => {
    await screen.choose("Resolution", SETTINGS.resolution);
    await page.getByRole("textbox", { name: /^Duration/ }).fill(String(SETTINGS.duration));
    await page.getByRole("switch", { name: "Audio" }).setChecked(SETTINGS.audio);
    await screen.openAdvanced();
    await screen.files.setInputFiles([await painted("a.png", "#a33"), await painted("b.png", "#3a3")]);
    const first = await screen.make("the first");

    await screen.goOn.click();
    await expect(screen.prompt).toBeFocused();
    await expect(screen.prompt).toHaveValue("the first");
    await expect(screen.continues("the first")).toBeVisible();
    // A last frame of its own, so that it ends on another picture than it begins with.
    await screen.files.setInputFiles([await painted("c.png", "#33a")]);
    // At once: Generate waits for the frame, and it names its parent all the same.
    const second = await screen.make("the second");

    await screen.goOn.click();
    await expect(screen.continues("the second")).toBeVisible();
    const third = await screen.make("the third");

    expect([first.parentId, second.parentId, third.parentId]).toEqual([null, first.id, second.id]);
    expect([first, second, third].map((clip) => picturesOf(clip).length)).toEqual([2, 2, 1]);
    for (const [parent, child] of [
      [first, second],
      [second, third],
    ] as const) {
      expect(child.input).toMatchObject(SETTINGS);
      const [before, after] = [await framesOf(page, parent), await framesOf(page, child)];
      const sent = await uploaded(page, picturesOf(child)[0] ?? "");
      expect(await psnr(before.last, sent), "the frame that was sent").toBeGreaterThan(SAME_PICTURE_DB);
      expect(await psnr(after.first, before.last), "where the child begins").toBeGreaterThan(SAME_PICTURE_DB);
      expect(await psnr(before.first, before.last), "the parent moved").toBeLessThan(SAME_PICTURE_DB);
    }
    return { first, second, third };
  });

  await test.step("the stage leads along the chain", async () => {
    const key = (name: string) => screen.result.getByRole("button", { name, exact: true });
    await expect(screen.shots.first()).toContainText("continues another clip");
    await expect(screen.shots.last()).not.toContainText("continues another clip");
    await key("Continues the second").click();
    await expect(key("Continues the first")).toBeVisible();
    await expectAccessible(page, "in the middle of a chain");
    await key("Continued by 1 clip").click();
    await expect(key("Continues the second")).toBeVisible();
    await expect(screen.result.getByRole("button", { name: /^Continued by/ })).toHaveCount(0);
  });

  await test.step("a reload keeps the parent; without its frame there is none", async () => {
    await page.reload();
    await screen.ready();
    await expect(screen.continues("the second")).toBeVisible();
    const sibling = await screen.make("a sibling");
    expect(sibling).toMatchObject({ parentId: chain.second.id, input: { image_urls: chain.third.input.image_urls } });
    await screen.openAdvanced();
    await page.getByRole("button", { name: "Remove first frame" }).click();
    await expect(screen.continues("the second")).toHaveCount(0);
    expect((await screen.make("nobody's child")).parentId).toBeNull();
  });

  await test.step("the last frame is the very last, and L takes it only while the focus is in Result", async () => {
    await serveInstead(page, MOVING);
    await page.reload();
    await screen.ready();
    await screen.prompt.press("l");
    await expect(screen.prompt).toHaveValue(/l/);
    await screen.result.getByRole("slider", { name: "Position" }).press("l");
    await expect(screen.prompt).toBeFocused();
    const [picture = Buffer.alloc(0)] = await screen.pictures(1);
    const frames = await decodeFrames(page, MOVING, ["last", 1 - 1.5 * FRAME_SECONDS, "first"]);
    const [last = 0, before = 0, first = 0] = await Promise.all(frames.map((frame) => psnr(frame, picture)));
    expect(last).toBeGreaterThan(SAME_PICTURE_DB);
    expect(last).toBeGreaterThan(before + 3);
    expect(first).toBeLessThan(SAME_PICTURE_DB);
  });

  await test.step("the frame on the screen, and the first one, in two clicks each", async () => {
    await screen.result.getByRole("slider", { name: "Position" }).focus();
    for (const key of ["End", ",", ",", ",", ",", ",", ",", ","]) await page.keyboard.press(key);
    await screen.frames.click();
    await expect(screen.sheet).toContainText("Becomes the last frame in the form");
    await expectAccessible(page, "the frames of a clip");
    const shown = await screen.shown();
    await screen.takeFrame("This frame");
    await expect(screen.sheet).toHaveCount(0);
    await expect(screen.frames).toBeFocused();
    const [, current = Buffer.alloc(0)] = await screen.pictures(2);
    expect(await psnr(shown, current)).toBeGreaterThan(SAME_PICTURE_DB);
    expect(await screen.time()).toBeGreaterThan(0.5);

    await screen.frames.click();
    await expect(screen.sheet).toContainText("Replaces the last frame in the form");
    await page.keyboard.press("Escape");
    await expect(screen.sheet).toHaveCount(0);
    await screen.frames.click();
    await screen.takeFrame("First frame");
    await expect.poll(async () => (await screen.pictures(2))[1]?.equals(current)).toBe(false);
    const [, replaced = Buffer.alloc(0)] = await screen.pictures(2);
    const [first] = await decodeFrames(page, MOVING, ["first"]);
    expect(await psnr(first ?? replaced, replaced)).toBeGreaterThan(SAME_PICTURE_DB);
  });

  await test.step("without a decoder, as on a page without TLS, the browser's player finds the frame", async () => {
    const [, before = Buffer.alloc(0)] = await screen.pictures(2);
    await page.evaluate(() => Reflect.deleteProperty(window, "VideoDecoder"));
    await screen.frames.click();
    await screen.takeFrame("Last frame");
    await expect.poll(async () => (await screen.pictures(2))[1]?.equals(before)).toBe(false);
    const [, replaced = Buffer.alloc(0)] = await screen.pictures(2);
    const [last] = await decodeFrames(page, MOVING, ["last"]);
    expect(await psnr(last ?? replaced, replaced)).toBeGreaterThan(SAME_PICTURE_DB);
  });

  await test.step("a clip whose link has died says so, and nothing is lost", async () => {
    await page.route("**/outputs/0", (route) => route.fulfill({ status: 410, json: {} }));
    const before = await screen.pictures(2);
    await screen.goOn.click();
    await expect(screen.result.getByText("The link to this clip has expired", { exact: false })).toBeVisible();
    await expectAccessible(page, "a frame that could not be read");
    expect(await screen.pictures(2)).toEqual(before);
  });

  await test.step("an output that is a picture is a reference as it is", async () => {
    const { buffer } = await painted("made.png", "#777");
    await page.route("**/outputs/0", (route) => route.fulfill({ contentType: "image/png", body: buffer }));
    await page.route("**/api/generations?ids=*", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({
        response: answer,
        body: (await answer.text()).replaceAll('"kind":"video"', '"kind":"image"'),
      });
    });
    await screen.press("a picture");
    await screen.says("Done", { timeout: 20_000 });
    await expect(screen.goOn).toHaveCount(0);
    await screen.result.getByRole("button", { name: "Use as reference" }).click();
    await expect(screen.result.getByText("Replaced the last frame")).toBeVisible();
    const pictureDb = async () => psnr(buffer, (await screen.pictures(2))[1] ?? buffer);
    await expect.poll(pictureDb).toBeGreaterThan(SAME_PICTURE_DB);
  });
});

test("what is written while the last frame is read stays, and the clip is continued all the same", async ({ page }) => {
  const screen = await new Chain(page).open();
  await screen.openAdvanced();
  const parent = await screen.make("the clip before");
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/outputs/0", async (route) => {
    await released;
    await route.continue();
  });
  await screen.goOn.click();
  await screen.prompt.fill("what happens next");
  release();
  await expect(screen.continues("the clip before")).toBeVisible();
  await expect(screen.prompt).toHaveValue("what happens next");
  const child = await screen.make("what happens next");
  expect([child.parentId, picturesOf(child).length]).toEqual([parent.id, 1]);
});
