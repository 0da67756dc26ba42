import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { photo } from "../fixtures/photo";
import { type Playground, startPlayground } from "../fixtures/server";
import { startVendor, type Vendor } from "../fixtures/vendor";
import { measureLoad, slowDown, watchTasks } from "./load";
import { median, type Row, tableOf } from "./table";

const LOADS = 5;
const KEYS = "A slow dolly along a rain-soaked street at night, neon.";
const PRESSES = 20;
const PHOTOS = 5;
/** The first ones load the modules they need. */
const WARM_UPS = 3;
const VENDOR_MS = 2_500;
/** Two presses closer than this count as one, so the next waits. */
const BETWEEN_PRESSES_MS = 700;
const KB = 1_000;

/** The budgets of the design: what is measured, its unit and its limit. */
const BUDGETS = {
  script: { what: "JavaScript for /", unit: "KB", budget: 250 },
  paint: { what: "largest paint", unit: "ms", budget: 900 },
  blocking: { what: "blocking time", unit: "ms", budget: 400 },
  key: { what: "script of a key in the prompt", unit: "ms", budget: 16 },
  photo: { what: "longest task while a photo is sent", unit: "ms", budget: 50 },
  press: { what: "server's share of a press", unit: "ms", budget: 10 },
  video: { what: "vendor's end to video, median", unit: "ms", budget: 1_000 },
  slowestVideo: { what: "vendor's end to video, worst", unit: "ms", budget: 1_500 },
} satisfies Record<string, Omit<Row, "measured">>;

const rows = new Map<string, Row>(
  Object.entries(BUDGETS).map(([name, budget]) => [name, { ...budget, measured: Number.NaN }]),
);
const report = (name: keyof typeof BUDGETS, measured: number, note?: string) =>
  rows.set(name, { ...BUDGETS[name], measured, note });
const best = (times: number[]) => `${Math.min(...times).toFixed(0)} ms`;
const loadNow = () => loadavg()[0] ?? 0;
let vendor: Vendor;
let playground: Playground;

test.beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 500, finishedMs: VENDOR_MS } });
  const many = { ACTIVE_LIMIT_VISITOR: "1000", SUBMITS_PER_MINUTE: "1000", SUBMITS_PER_MINUTE_ALL: "1000" };
  playground = await startPlayground({ env: { ...vendor.env, ...many, VENDOR_RPS: "100" } });
});

test.afterAll(async () => {
  await playground.stop();
  await vendor.close();
});

// One test, so that the table is printed whole; what cannot be measured does not keep the rest from being measured.
test("the budgets", async ({ browser }) => {
  const problems: string[] = [];
  const before = loadNow();
  for (const measure of [opening, key, uploading, pressing, video]) {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    await measure(await context.newPage()).catch((error: Error) => problems.push(`${measure.name}: ${error.message}`));
    await context.close();
  }
  const load = `${before.toFixed(1)} before, ${loadNow().toFixed(1)} after, on ${cpus().length} processors`;
  console.log(
    `\n\n${tableOf([...rows.values()])}\n\nLoad of this machine: ${load}. Above one a processor, times are too long.\n`,
  );
  expect(problems).toEqual([]);
});

async function opening(page: Page) {
  const browser = page.context().browser();
  if (!browser) throw new Error("There is no browser");
  await measureLoad(browser, playground.url);
  const loads = [];
  for (let round = 0; round < LOADS; round++) loads.push(await measureLoad(browser, playground.url));
  const paints = loads.map((load) => load.largestPaintMs);
  const blockings = loads.map((load) => load.blockingMs);
  report("script", median(loads.map((load) => load.scriptBytes)) / KB);
  report("paint", median(paints), `best ${best(paints)}`);
  report("blocking", median(blockings), `best ${best(blockings)}`);
}

async function key(page: Page) {
  await page.goto(playground.url);
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.click();
  const session = await slowDown(page);
  // Time of the processor: what else the machine does must not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const scriptMs = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1_000;
  };
  const nextFrame = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(null))));
  const perKey: number[] = [];
  for (const letter of KEYS) {
    const before = await scriptMs();
    await page.keyboard.press(letter === " " ? "Space" : letter);
    await nextFrame();
    await nextFrame();
    perKey.push((await scriptMs()) - before);
  }
  report("key", median(perKey), `worst ${Math.max(...perKey).toFixed(1)} ms, of processor time`);
}

/** From the moment a 12-megapixel JPEG is chosen until it is in the form: the first of a visit, which is the slowest. */
async function uploading(page: Page) {
  const file = test.info().outputPath("photo.jpg");
  await photo().rotate(90).withMetadata({ orientation: 8 }).jpeg({ quality: 90 }).toFile(file);
  const session = await slowDown(page);
  const longest: number[] = [];
  for (let round = 0; round < PHOTOS; round++) {
    await page.goto(playground.url);
    await page.getByRole("button", { name: "Advanced settings" }).click();
    const longestTask = await watchTasks(session);
    await page.locator("input[type=file]").first().setInputFiles(file);
    await expect(page.locator("[data-state=here]")).toHaveCount(1, { timeout: 60_000 });
    longest.push(await longestTask());
    await page.getByRole("button", { name: "Remove first frame" }).click();
  }
  report("photo", median(longest), `worst ${Math.max(...longest).toFixed(0)} ms, of processor time`);
}

async function press(page: Page) {
  const answered = page.waitForResponse((answer) => "next-action" in answer.request().headers());
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  return (await answered).request();
}

/** Sends what the browser sent, with a new id each time, so that only the server and the loopback are measured. */
async function pressing(page: Page) {
  await page.goto(playground.url);
  await page.getByRole("textbox", { name: "Prompt" }).fill("A lighthouse at dusk");
  const sent = await press(page);
  const all = await sent.allHeaders();
  const names = ["accept", "content-type", "cookie", "next-action", "next-router-state-tree", "origin"];
  const headers = Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
  await page.close();
  const send = async (body: string | null) => {
    const started = performance.now();
    const answer = await fetch(playground.url, { method: "POST", headers, body });
    const took = performance.now() - started;
    return { took, text: await answer.text() };
  };
  const shares: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < WARM_UPS + PRESSES; round++) {
    const body = sent.postData()?.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, randomUUID());
    const pressed = await send(body ?? null);
    expect(pressed.text).toContain('"ok":true');
    // What follows the answer, the sending, must not stand in the way of the next press.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_PRESSES_MS));
    const nothing = await send("[[]]");
    expect(nothing.text).toContain("1:[]");
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_PRESSES_MS));
    if (round < WARM_UPS) continue;
    shares.push(pressed.took);
    empty.push(nothing.took);
  }
  const parts = `no press at all takes ${median(empty).toFixed(1)} ms, a sync of this disk ${syncMs().toFixed(1)} ms`;
  report("press", median(shares), `best ${best(shares)}, of which ${parts}`);
}

/** How long this disk takes for what makes a row durable. */
function syncMs(): number {
  const file = openSync(path.join(playground.dataDir, "sync-probe"), "w");
  const times = Array.from({ length: 20 }, () => {
    writeSync(file, Buffer.alloc(8_192, 1));
    const started = performance.now();
    fsyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  return median(times);
}

async function video(page: Page) {
  await page.goto(playground.url);
  const waits: number[] = [];
  for (let round = 0; round < 5; round++) {
    const text = `A lighthouse at dusk, take ${round}, ${Date.now()}`;
    await page.getByRole("textbox", { name: "Prompt" }).fill(text);
    await press(page);
    await page.waitForTimeout(BETWEEN_PRESSES_MS);
    const before = await page.evaluate(() => document.querySelector("video")?.currentSrc ?? "");
    const shownAt = await page.evaluate(
      (old) =>
        new Promise<number>((resolve) => {
          const look = () => {
            const video = document.querySelector<HTMLVideoElement>('video[aria-label="Generated video"]');
            const isNew = video && video.currentSrc !== old && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
            if (isNew) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
      before,
    );
    const charge = vendor.ledger().find(({ input }) => input.prompt === text);
    if (!charge?.finishesAt) throw new Error("The vendor has not seen this press");
    waits.push(shownAt - charge.finishesAt);
  }
  report("video", median(waits));
  report("slowestVideo", Math.max(...waits));
}
