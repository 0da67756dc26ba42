import { SAME_PRESS_MS } from "../components/playground/press-gate";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

// Whatever happens around a press: one press is one charge, and its video is on the page in the end.

test.use({ expected: { console: [/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/] } });

let word = 0;
/** A prompt that no other press of this worker has. */
const newPrompt = (about: string) => `${about} ${Date.now()}-${word++}`;

test.describe("one press is one charge", () => {
  test("after a double click", async ({ page, vendor }) => {
    const prompt = newPrompt("double click");
    const screen = await new Screen(page).open();
    await screen.prompt.fill(prompt);
    await screen.generate.dblclick();
    await screen.says("Done");
    await screen.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  test("with Ctrl+Enter held down", async ({ page, vendor }) => {
    const prompt = newPrompt("held key");
    const screen = await new Screen(page).open();
    await screen.prompt.fill(prompt);
    await page.keyboard.down("Control");
    // The first is the press; the others are what a held key repeats.
    for (let repeat = 0; repeat < 15; repeat += 1) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    await page.keyboard.up("Control");
    await screen.says("Done");
    await screen.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  for (const moment of ["Sending", "Queued", "Processing"] as const) {
    test(`when the page is reloaded while it says ${moment}`, async ({ page, vendor }) => {
      const prompt = newPrompt(`reload while ${moment}`);
      if (moment === "Sending") vendor.next({ prompt, delayMs: 1_500 });
      if (moment === "Queued") vendor.set({ hold: "queued" });
      if (moment === "Processing") vendor.set({ hold: "processing" });
      const screen = await new Screen(page).open();
      await screen.press(prompt);
      await screen.says(moment);
      await page.reload();
      await screen.ready();
      vendor.set({ hold: null });
      await expect(screen.shots.first()).toBeVisible();
      await screen.says("Done");
      await screen.plays();
      expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
    });
  }

  test("when the tab is closed before the server answered, and opened again", async ({ page, context, vendor }) => {
    const prompt = newPrompt("closed tab");
    const screen = await new Screen(page).open();
    // The press is on its way and its answer never comes back to this tab.
    await page.route("**/*", (route) => (route.request().method() === "POST" ? undefined : route.fallback()));
    await screen.press(prompt);
    await expect.poll(() => page.evaluate(() => Object.values(localStorage).join(" "))).toContain(prompt);
    await page.close();
    const again = await new Screen(await context.newPage()).open();
    await again.says("Done");
    await again.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  test("when the answer to the press is lost on the way back", async ({ page, vendor }) => {
    const prompt = newPrompt("lost answer");
    const screen = await new Screen(page).open();
    let lost = 0;
    await page.route("**/*", async (route) => {
      if (route.request().method() !== "POST" || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await screen.press(prompt);
    await screen.says("Done", { timeout: 30_000 });
    await screen.plays();
    expect(lost).toBe(1);
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  test("when the browser is offline in the middle", async ({ page, context, vendor }) => {
    const prompt = newPrompt("offline");
    vendor.set({ hold: "processing" });
    const screen = await new Screen(page).open();
    await screen.press(prompt);
    await screen.says("Processing");
    await context.setOffline(true);
    vendor.set({ hold: null });
    await expect.poll(() => vendor.requests("task").length).toBeGreaterThan(0);
    await context.setOffline(false);
    await screen.says("Done", { timeout: 30_000 });
    await screen.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  test("when it is pressed offline, and the connection comes back", async ({ page, context, vendor }) => {
    const prompt = newPrompt("pressed offline");
    const screen = await new Screen(page).open();
    await context.setOffline(true);
    await screen.press(prompt);
    await screen.says("Sending");
    await context.setOffline(false);
    await screen.says("Done", { timeout: 30_000 });
    await screen.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });

  test("in two tabs that both watch it", async ({ page, context, vendor }) => {
    const prompt = newPrompt("two tabs");
    const first = await new Screen(page).open();
    await first.press(prompt);
    await first.says("Queued");
    const second = await new Screen(await context.newPage()).open();
    await expect(second.shots).not.toHaveCount(0);
    await first.says("Done");
    await second.says("Done");
    await second.plays();
    expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
  });
});

test("two presses are two generations, each with its own state", async ({ page, vendor }) => {
  const prompts = [newPrompt("first of two"), newPrompt("second of two")];
  const screen = await new Screen(page).open();
  for (const prompt of prompts) {
    await screen.press(prompt);
    await expect.poll(() => vendor.ledger().some((charge) => charge.input.prompt === prompt)).toBe(true);
  }
  await screen.says("Done");
  await expect
    .poll(async () => (await storedGenerations(page)).map((one) => one.status))
    .toEqual(["succeeded", "succeeded"]);
  expect(vendor.ledger().filter((charge) => prompts.includes(String(charge.input.prompt)))).toHaveLength(2);
});

test("presses in two tabs at the same moment are both made", async ({ page, context, vendor }) => {
  vendor.set({ queuedMs: 0, finishedMs: 200 });
  const tabs = [page, await context.newPage()];
  const screens = await Promise.all(tabs.map((tab) => new Screen(tab).open()));
  const prompts: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const screen of screens) {
      prompts.push(newPrompt("at the same moment"));
      await screen.prompt.fill(prompts.at(-1) ?? "");
      // A second press within this time is the first one once more.
      await screen.page.waitForTimeout(SAME_PRESS_MS);
    }
    const at = Date.now() + 300;
    await Promise.all(
      screens.map(({ generate }) =>
        generate.evaluate(async (key, moment) => {
          while (Date.now() < moment);
          (key as HTMLElement).click();
        }, at),
      ),
    );
    const charged = () => prompts.filter((prompt) => vendor.ledger().some(({ input }) => input.prompt === prompt));
    await expect.poll(charged).toEqual(prompts);
  }
  for (const screen of screens) await screen.says("Done");
  expect(vendor.ledger().filter(({ input }) => prompts.includes(String(input.prompt)))).toHaveLength(prompts.length);
  vendor.clear();
});

test("a press that is older than two minutes is not sent by itself", async ({ page, context, vendor }) => {
  const prompt = newPrompt("old press");
  const charges = () => vendor.ledger().filter((charge) => charge.input.prompt === prompt).length;
  const screen = await new Screen(page).open();
  // Refused rather than held, and left before it closes: what is on its way when a page closes may be let through.
  await page.route("**/*", (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
  await screen.press(prompt);
  await expect.poll(() => page.evaluate(() => Object.values(localStorage).join(" "))).toContain(prompt);
  await page.goto("about:blank");
  await page.close();

  const later = await context.newPage();
  await later.clock.install({ time: Date.now() + 3 * 60_000 });
  await new Screen(later).open();
  const send = later.getByRole("button", { name: /^Send/ });
  await expect(send).toBeVisible();
  expect(charges()).toBe(0);
  await send.click();
  await expect.poll(charges).toBe(1);
});
