import type { Page } from "@playwright/test";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import type { Vendor } from "./fixtures/vendor";
import { test } from "./fixtures/vendor-test";

// Recent generations: several at once, one on stage, and what a visitor hears who looks elsewhere.

// Nothing here is about playing, and a clip that plays costs the test machine more than the rest of the page.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(({ vendor }) => vendor.set({ queuedMs: 50, finishedMs: 300 }));
test.afterEach(({ vendor }) => vendor.clear());

class Film extends Screen {
  shot(prompt: string) {
    return this.shots.getByRole("button", { name: new RegExp(`: ${prompt},`) });
  }
  isOnStage(prompt: string) {
    return expect(this.shot(prompt)).toHaveAttribute("aria-current", "true");
  }
}

/** Keeps the task of a prompt in a state until `vendor.clear()`. */
function keep(vendor: Vendor, prompt: string, status: "queued" | "processing") {
  vendor.next({ on: "task", prompt, times: "always", patch: { status }, omit: ["output"] });
}

/** Lets the page believe that nobody looks at it, as a tab behind another one does. */
async function setHidden(page: Page, isHidden: boolean) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (hidden ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

test("several run at once, each with its own state, and only a press or a choice changes the stage", async ({
  page,
  vendor,
}) => {
  const screen = await new Film(page).open();
  keep(vendor, "first", "processing");
  keep(vendor, "second", "queued");
  vendor.ending({ prompt: "third", status: "failed", answer: { error: "No luck" } });
  for (const prompt of ["first", "second", "third", "fourth"]) {
    await screen.press(prompt);
    await screen.isOnStage(prompt);
  }
  await screen.says("Done");
  await expect(screen.shots).toHaveCount(4);
  const names = ["Done: fourth", "Failed: third", "Queued: second", "Processing: first"];
  for (const [index, name] of names.entries()) await expect(screen.shots.nth(index)).toContainText(name);
  await expect(page.getByText("2 running")).toBeVisible();

  await screen.shot("first").click();
  await screen.says("Processing");
  await expect(screen.result).toContainText("first");
  await expect(screen.film.locator("[aria-current=true]")).toHaveCount(1);
  vendor.clear();
  keep(vendor, "first", "processing");
  await expect(screen.shot("second")).toHaveAccessibleName(/^Done/);
  await expect(page.getByText("Done: second", { exact: true })).toBeAttached();
  await screen.isOnStage("first");
  await screen.says("Processing");

  await screen.press("fifth");
  await screen.isOnStage("fifth");
  await screen.says("Done");
  await expect(screen.video).toBeVisible();
  await screen.shot("third").click();
  await screen.says("Failed");
  await expect(screen.result).toContainText("No luck");
  await screen.shot("second").press("Enter");
  await screen.says("Done");
  await expect(screen.video).toBeVisible();
  await expect(screen.shot("second")).toBeFocused();
  vendor.clear();
  await expect(screen.shot("first")).toHaveAccessibleName(/^Done/);
  await screen.isOnStage("second");
});

test("ten finished clips show their posters, also after a reload, with one video in the page", async ({
  page,
  vendor,
}) => {
  await page.addInitScript(() => {
    const count = () => {
      const { most = 0 } = window as unknown as { most?: number };
      Object.assign(window, { most: Math.max(most, document.querySelectorAll("video").length) });
    };
    new MutationObserver(count).observe(document, { subtree: true, childList: true });
  });
  const screen = await new Film(page).open();
  // Presses as a tab that was closed in the middle leaves them, five at a time: eight may run at once.
  for (const first of [0, 5]) {
    await page.evaluate((from) => {
      const presses = Array.from({ length: 5 }, (_, index) => ({
        id: crypto.randomUUID(),
        model: "viduq3-pro",
        input: { prompt: `clip ${from + index}`, resolution: "540p", duration: 1 },
        at: Date.now() + index,
      }));
      for (const press of presses) localStorage.setItem(`mindvideo:press:${press.id}`, JSON.stringify(press));
    }, first);
    await page.reload();
    await screen.ready();
    await expect(screen.film.getByRole("button", { name: /^Done/ })).toHaveCount(first + 5);
  }
  expect(vendor.ledger().filter((charge) => /^clip \d$/.test(String(charge.input.prompt)))).toHaveLength(10);
  const posters = screen.film.locator("img");
  const areThere = async () => {
    await expect(screen.shots).toHaveCount(10);
    await expect(posters).toHaveCount(10);
    await expect
      .poll(() =>
        posters.evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
      )
      .toBe(true);
  };
  await areThere();
  await screen.shot("clip 3").click();
  await expect(screen.video).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { most: number }).most)).toBe(1);

  const fetched = new Set<string>();
  page.on("request", (request) => {
    if (/\/outputs\//.test(request.url())) fetched.add(request.url());
  });
  await page.reload();
  await screen.ready();
  await areThere();
  await expect(screen.video).toBeVisible();
  // The posters were kept: only the clip on stage is fetched again.
  expect(fetched.size).toBe(1);
  expect(await page.evaluate(() => (window as unknown as { most: number }).most)).toBe(1);
});

test("while nobody looks, the title says what happened, and is itself again afterwards", async ({ page, vendor }) => {
  const screen = await new Film(page).open();
  const title = await page.title();
  for (const word of ["Done", "Failed"] as const) {
    const prompt = `ends as ${word}`;
    keep(vendor, prompt, "processing");
    if (word === "Failed") vendor.ending({ prompt, status: "failed" });
    await screen.press(prompt);
    await screen.says("Processing");
    await setHidden(page, true);
    vendor.clear();
    await expect(page).toHaveTitle(`${word}: ${prompt} · ${title}`);
    await setHidden(page, false);
    await expect(page).toHaveTitle(title);
  }
  // Whoever looks at it needs no title.
  await screen.press("watched");
  await screen.says("Done");
  await expect(page).toHaveTitle(title);
});

test("one notification for a generation, however many tabs, and only for those who asked", async ({
  page,
  context,
  vendor,
}) => {
  // The browser's own window for it cannot be seen in a test, so the class is watched instead.
  await context.addInitScript(() => {
    const told: { title: string; notification: { onclick?: () => void } }[] = [];
    class WatchedNotification {
      onclick?: () => void;
      static get permission() {
        return localStorage.getItem("test:permission") ?? "default";
      }
      static async requestPermission() {
        Object.assign(window, { asked: ((window as unknown as { asked?: number }).asked ?? 0) + 1 });
        localStorage.setItem("test:permission", "granted");
        return "granted";
      }
      constructor(title: string) {
        told.push({ title, notification: this });
      }
      close() {}
    }
    Object.assign(window, { Notification: WatchedNotification, told });
  });
  const asked = () => page.evaluate(() => (window as unknown as { asked?: number }).asked ?? 0);
  const told = async (tab: Page) =>
    tab.evaluate(() => (window as unknown as { told: { title: string }[] }).told.map(({ title }) => title));

  const first = await new Film(page).open();
  keep(vendor, "awaited", "processing");
  await first.press("awaited");
  await first.says("Processing");
  expect(await asked()).toBe(0);
  await first.result.getByRole("button", { name: "Notify me" }).click();
  await expect(first.result).toContainText("You will be notified");
  expect(await asked()).toBe(1);

  const second = await new Film(await context.newPage()).open();
  await second.says("Processing");
  await second.press("on top");
  await second.says("Done");
  for (const tab of [page, second.page]) await setHidden(tab, true);
  vendor.clear();
  for (const tab of [page, second.page]) await expect(tab).toHaveTitle(/^Done: awaited/);
  await expect.poll(async () => [await told(page), await told(second.page)].flat()).toEqual(["Done: awaited"]);

  const teller = (await told(page)).length > 0 ? first : second;
  await teller.page.evaluate(() => {
    const [one] = (window as unknown as { told: { notification: { onclick?: () => void } }[] }).told;
    one?.notification.onclick?.();
  });
  await teller.isOnStage("awaited");
  expect(await asked()).toBe(1);
});
