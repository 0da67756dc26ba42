import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { SAME_PRESS_MS } from "../components/playground/press-gate";
import type { Upload } from "../lib/uploads/schema";
import { Screen, storedGenerations } from "./fixtures/screen";
import { startPlayground } from "./fixtures/server";
import { test as base, expect } from "./fixtures/test";
import { startWire, type Wire } from "./fixtures/wire";

// Uploads over a network that is slow, and cut in the middle.

const test = base.extend<object, { wire: Wire }>({
  wire: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture wants from here.
    async ({}, use) => {
      const wire = await startWire();
      await use(wire);
      await wire.close();
    },
    { scope: "worker" },
  ],
  playground: [
    async ({ serverEnv, wire }, use) => {
      const playground = await startPlayground({ env: serverEnv });
      wire.target = playground.url;
      await use({ ...playground, url: wire.url });
      await playground.stop();
    },
    { scope: "worker" },
  ],
});

const cut = /Failed to load resource: net::ERR_(CONNECTION|EMPTY|INTERNET|SOCKET|NETWORK)/;
test.use({ expected: { console: [cut] }, contextOptions: { reducedMotion: "reduce" } });

/** A picture of grain, which no compression makes small. */
const grainy = (seed: number) =>
  sharp({
    create: {
      width: 1_200,
      height: 800,
      channels: 3,
      background: { r: seed, g: 90, b: 90 },
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

test("a cut in the middle, waiting, and a reload: one file each, and nothing is lost", async ({
  page,
  context,
  playground,
  wire,
}) => {
  const screen = await new Screen(page).open();
  await screen.openAdvanced();
  const input = page.locator("input[type=file]").and(page.getByLabel("Reference images", { exact: true }));
  const tile = (state: string) => page.locator(`[data-state=${state}]`);
  const waiting = page.getByText("Waiting for 1 upload, then it generates");
  const stop = page.getByRole("button", { name: "Stop waiting" });
  const stored = async () =>
    ((await (await page.request.get(`${wire.target}/api/uploads`)).json()) as { uploads: Upload[] }).uploads;
  const onDisk = () => filesUnder(path.join(playground.dataDir, "uploads"));
  const partBytes = () => onDisk().reduce((sum, file) => sum + statSync(file).size, 0);
  const add = async (name: string, seed: number) =>
    input.setInputFiles({ name, mimeType: "image/jpeg", buffer: await grainy(seed) });
  /** Until another press is not taken for a part of the last one. */
  const apart = async () => {
    const since = Date.now();
    await expect.poll(() => Date.now() - since, { intervals: [50] }).toBeGreaterThan(SAME_PRESS_MS);
  };

  await test.step("the network is cut in the middle: it says so, and a retry makes one file", async () => {
    wire.set("slow");
    await add("first.jpg", 10);
    await expect(tile("sending")).toHaveCount(1);
    await expect.poll(partBytes, "some of it has come to the server").toBeGreaterThan(0);
    wire.set("cut");
    await context.setOffline(true);
    await expect(tile("failed")).toContainText("The connection was cut");
    await expect.poll(onDisk, "no part of it stays").toEqual([]);
    expect(await stored()).toEqual([]);

    await screen.press("a lighthouse");
    await expect(page.getByText(/“first.jpg” did not arrive, so nothing was sent/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Retry first frame" })).toBeFocused();

    wire.set("fast");
    await context.setOffline(false);
    await expect(tile("failed")).toContainText("The connection is back");
    expect(await storedGenerations(page)).toEqual([]);
    await page.getByRole("button", { name: "Retry first frame" }).press("Enter");
    await expect(tile("here")).toHaveCount(1);
    expect(await stored()).toMatchObject([{ name: "first.jpg" }]);
    expect(onDisk()).toHaveLength(1);
  });

  await test.step("Generate waits, stops waiting when asked, and goes by itself", async () => {
    wire.set("slow");
    await add("second.jpg", 200);
    await expect(tile("sending")).toHaveCount(1);
    await screen.pressGenerate();
    await expect(waiting).toBeVisible();
    await expect(stop).toBeFocused();
    await apart();
    await stop.click();
    await expect(screen.generate).toBeVisible();
    await expect(waiting).toHaveCount(0);
    await apart();
    await screen.prompt.press("Control+Enter");
    await expect(stop).toBeVisible();
    await screen.prompt.fill("a lighthouse, edited meanwhile");
    expect(await storedGenerations(page)).toEqual([]);
    wire.set("fast");
    // What the slow line still holds has to come through first.
    await screen.says("Done", { timeout: 30_000 });
    await expect(screen.generate).toBeVisible();
    const [first, second] = (await stored()).toReversed();
    expect(await storedGenerations(page)).toMatchObject([
      { input: { prompt: "a lighthouse, edited meanwhile", image_urls: [first?.ref, second?.ref] } },
    ]);
  });

  await test.step("a reload warns while something is sent, and keeps what has arrived", async () => {
    await page.getByRole("button", { name: "Remove first frame" }).click();
    wire.set("slow");
    await add("third.jpg", 100);
    await expect(tile("sending")).toHaveCount(1);
    const asked = page.waitForEvent("dialog");
    const reloaded = page.reload();
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
    await reloaded;
    wire.set("fast");
    await screen.ready();
    await expect(tile("here")).toHaveCount(1);
    await expect(tile("here")).toContainText("second.jpg");
    // What the browser had put on the line before it left may still arrive, whole: then it is one of the earlier uploads.
    const kept = async () => (await stored()).map(({ sha256 }) => sha256).toSorted();
    const lying = () => onDisk().map((file) => path.basename(file));
    await expect.poll(async () => (await kept()).join() === lying().toSorted().join(), "no part stays").toBe(true);
    expect((await stored()).map(({ name }) => name)).toEqual(expect.arrayContaining(["first.jpg", "second.jpg"]));
  });

  await test.step("a second press goes on without what did not arrive", async () => {
    await input.setInputFiles({ name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture") });
    // Whether it waits for the file or finds it failed already, the answer is the same.
    await screen.press("without it");
    await expect(page.getByText(/“broken.jpg” did not arrive/)).toBeVisible();
    await expect(tile("failed").getByRole("button", { name: "Remove last frame" })).toBeFocused();
    await screen.pressGenerate();
    await screen.says("Done");
    const [latest] = await storedGenerations(page);
    expect(latest).toMatchObject({ input: { prompt: "without it", image_urls: [expect.stringMatching(/^upload:/)] } });
  });
});
