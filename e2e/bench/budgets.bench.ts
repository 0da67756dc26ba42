import { expect, type Page, test } from "@playwright/test";
import { type Playground, startPlayground } from "../fixtures/server";
import { startVendor, type Vendor } from "../fixtures/vendor";
import { measureLoad, slowDown } from "./load";
import { median, type Row, tableOf } from "./table";

const LOADS = 3;
const KEYS = "A slow dolly along a rain-soaked street at night, neon.";
const PRESSES = 10;
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
  press: { what: "server's share of a press", unit: "ms", budget: 10 },
  video: { what: "vendor's end to video, median", unit: "ms", budget: 1_000 },
  slowestVideo: { what: "vendor's end to video, worst", unit: "ms", budget: 1_500 },
} satisfies Record<string, Omit<Row, "measured">>;

const rows = new Map<string, Row>(
  Object.entries(BUDGETS).map(([name, budget]) => [name, { ...budget, measured: Number.NaN }]),
);
const report = (name: keyof typeof BUDGETS, measured: number, note?: string) =>
  rows.set(name, { ...BUDGETS[name], measured, note });
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
  for (const measure of [opening, key, pressing, video]) {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    await measure(await context.newPage()).catch((error: Error) => problems.push(`${measure.name}: ${error.message}`));
    await context.close();
  }
  console.log(`\n\n${tableOf([...rows.values()])}\n`);
  expect(problems).toEqual([]);
});

async function opening(page: Page) {
  const browser = page.context().browser();
  if (!browser) throw new Error("There is no browser");
  const loads = [];
  for (let round = 0; round < LOADS; round++) loads.push(await measureLoad(browser, playground.url));
  report("script", median(loads.map((load) => load.scriptBytes)) / KB);
  report("paint", median(loads.map((load) => load.largestPaintMs)));
  report("blocking", median(loads.map((load) => load.blockingMs)));
}

async function key(page: Page) {
  await page.goto(playground.url);
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.click();
  const session = await slowDown(page);
  await session.send("Performance.enable");
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
  report("key", median(perKey), `worst ${Math.max(...perKey).toFixed(1)} ms, the measuring included`);
}

async function press(page: Page): Promise<number> {
  const answered = page.waitForResponse((answer) => "next-action" in answer.request().headers());
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const { requestStart, responseStart } = (await answered).request().timing();
  return responseStart - requestStart;
}

async function pressing(page: Page) {
  await page.goto(playground.url);
  await page.getByRole("textbox", { name: "Prompt" }).fill("A lighthouse at dusk");
  const shares: number[] = [];
  for (let round = 0; round < PRESSES; round++) {
    shares.push(await press(page));
    await page.waitForTimeout(BETWEEN_PRESSES_MS);
  }
  report("press", median(shares), `worst ${Math.max(...shares).toFixed(0)} ms, loopback included`);
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
