import { expectAccessible } from "./fixtures/axe";
import { Screen, storedGenerations } from "./fixtures/screen";
import { startPlayground } from "./fixtures/server";
import { writeStored } from "./fixtures/stored";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";
import { watch } from "./fixtures/watch";

const SIZES = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
];
const MINUTE_MS = 60_000;

// One page for all of it: what it tells follows from what happened before.
test("the page tells what a press costs, what stands in its way, what is kept, and what may be let go", async ({
  browser,
  vendor,
}) => {
  test.setTimeout(240_000);
  const env = { ...vendor.env, SPEND_LIMIT_DAILY: "2", SUBMITS_PER_MINUTE: "1000" };
  const playground = await startPlayground({ env });
  const context = await browser.newContext({ baseURL: playground.url, timezoneId: "Asia/Kolkata" });
  const problems = await watch(context, playground.url, { console: [/Failed to load resource/, /ERR_/] });
  const page = await context.newPage();
  const screen = new Screen(page);
  const { result } = screen;
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/spend")) asked.push(request.url());
  });
  const accessible = async (state: string) => {
    for (const { name, ...size } of SIZES) {
      await page.setViewportSize(size);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${state}, ${name}`).toBe(size.width);
      await expectAccessible(page, `${state}, ${name}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  const dock = page.locator("#spend");

  await test.step("before any price is known", async () => {
    await screen.open();
    await expect(dock).toHaveText("price not known yet: one at a timeleft today 2 of 2");
    await expect(screen.generate).toHaveAccessibleDescription(/price not known yet: one at a time/);
    await accessible("price not known");
  });

  await test.step("a task that does not end can be left alone, and asked about again", async () => {
    vendor.set({ hold: "processing" });
    await screen.press("never ending");
    await screen.says("Processing");
    await expect(page.getByText("1 running")).toBeVisible();
    await expect(result.getByRole("button", { name: "Stop watching" })).toHaveCount(0);
    const [row] = await storedGenerations(page);
    const before = 11 * MINUTE_MS;
    writeStored(
      playground,
      "UPDATE generations SET created_at = created_at - ?, accepted_at = accepted_at - ? WHERE id = ?",
      before,
      before,
      row?.id ?? "",
    );
    await page.reload();
    await screen.ready();
    const stop = result.getByRole("button", { name: "Stop watching" });
    await accessible("a task that does not end");
    // What shows an end is there before it is needed.
    await page.route("**/_next/static/**", (route) => route.abort());
    await stop.focus();
    await page.keyboard.press("Enter");
    await expect(result.getByRole("heading", { name: "You stopped watching this one." })).toBeVisible();
    await expect(result).toContainText(
      "MindVideo took the job and has not ended it. It may still finish it, and charge",
    );
    await expect(result).toBeFocused();
    await expect(screen.status).toHaveText("Not watched");
    await expect(page.getByText("1 running")).toHaveCount(0);
    await page.unroute("**/_next/static/**");
    await accessible("watched no more");

    const look = result.getByRole("button", { name: "Look again" });
    await look.press("Enter");
    await expect(result).toContainText("It has not ended yet.");
    vendor.set({ hold: null });
    // As if the last question were some minutes ago.
    writeStored(playground, "UPDATE generations SET due_at = ? WHERE id = ?", Date.now() + MINUTE_MS, row?.id ?? "");
    await look.press("Enter");
    await screen.says("Done");
    await expect(screen.video).toBeVisible();
  });

  await test.step("the price of these settings, the most of any, and what is left", async () => {
    await expect(dock).toHaveText("last time 0.675left today 1.325 of 2");
    const before = asked.length;
    await screen.choose("Resolution", "540p");
    await expect(dock).toHaveText("at most 0.675 so farleft today 1.325 of 2");
    await screen.prompt.pressSequentially("words cost nothing");
    await screen.choose("Resolution", "720p");
    await expect(dock).toHaveText("last time 0.675left today 1.325 of 2");
    await screen.choose("Resolution", "1080p");
    await expect.poll(() => asked.filter((url) => url.includes("1080p")).length).toBe(1);
    expect(asked.length - before, "typing asks nothing, and what is known is not asked twice").toBe(2);
    await screen.choose("Resolution", "720p");
  });

  await test.step("a file that is kept says so, and one that is not says why", async () => {
    await expect(result.getByText("Kept here")).toBeVisible();
    writeStored(playground, "UPDATE vault SET state = 'dropped', path = NULL, due_at = NULL");
    // Right after its end a file that is not there may only be late.
    writeStored(playground, "UPDATE generations SET finished_at = finished_at - ?", MINUTE_MS);
    vendor.next({ on: "output", status: 404, times: "always" });
    // This browser could still play what it has.
    await (await context.newCDPSession(page)).send("Network.clearBrowserCache");
    await page.reload();
    await screen.ready();
    await expect(result).toContainText("File: copy dropped");
    const link = result.getByRole("button", { name: "The link may expire" });
    await link.press("Enter");
    await expect(result.getByText("This playground made room for newer clips")).toBeVisible();
    await accessible("why it may expire");
    await link.press("Escape");
    await expect(result.getByText("This playground made room for newer clips")).toHaveCount(0);
    await expect(result.getByRole("heading", { name: "The link to this clip has expired." })).toBeVisible();
    await result.getByRole("link", { name: "Download" }).press("Enter");
    await expect(result).toContainText("The link has expired, and there is no copy");
    expect(page.url(), "no error page").toBe(`${playground.url}/`);
    vendor.clear();
  });

  await test.step("the limit that stands in the way says whose it is and when it begins anew", async () => {
    vendor.ending({ prompt: "dear", status: "succeeded", answer: { cost_actual: 1.5 } });
    await screen.press("a dear one");
    await screen.says("Done");
    await expect(dock).toContainText("limit passed by what was running: 2.175 of 2");
    await screen.press("one too many");
    await expect(result.getByRole("heading", { name: "Today’s limit of this playground is reached." })).toBeVisible();
    await expect(result).toContainText("2 a day, set by the owner of this playground. 2.175 is spent");
    await expect(result).toContainText("What was running when the limit was reached ended above it.");
    await expect(result).toContainText(/It begins anew at 05:30 \S+, in (\d+ h )?\d+ min\./);
    await expect(result).toContainText("Nothing was charged.");
    await expect(screen.prompt).toHaveValue("one too many");
    await accessible("over the limit");
  });

  await test.step("a page that is asked for the code keeps its press, and goes on by itself once it may", async () => {
    vendor.set({ hold: "processing" });
    await playground.restart({ ...vendor.env, ACCESS_CODE: "harbour light 7" });
    await screen.press("kept for later");
    await expect(result.getByRole("heading", { name: "This playground asks for its code." })).toBeVisible();
    await expect(result.getByRole("link", { name: "Enter the code" })).toHaveAttribute("href", "/access");
    await accessible("asked for the code");
    await playground.restart(vendor.env);
    await screen.says("Processing", { timeout: 30_000 });
    expect(vendor.ledger().filter(({ input }) => input.prompt === "kept for later").length).toBe(1);

    await playground.restart({ ...vendor.env, ACCESS_CODE: "harbour light 7" });
    await expect(result).toContainText("This playground asks for its code. What is rendering goes on.");
    await accessible("watching without the code");
    await playground.restart(vendor.env);
    await expect(result).not.toContainText("This playground asks for its code", { timeout: 30_000 });
  });

  await test.step("a playground that is away for a moment says so, and is asked again", async () => {
    const unavailable = { error: { code: "unavailable", message: "The playground cannot do this right now." } };
    await page.route("**/api/generations?ids=*", (route) => route.fulfill({ status: 503, json: unavailable }));
    await expect(result).toContainText("The playground is away for a moment. What is rendering goes on");
    await accessible("away for a moment");
    await page.unroute("**/api/generations?ids=*");
    vendor.set({ hold: null });
    await screen.says("Done", { timeout: 30_000 });
    await expect(result).not.toContainText("away for a moment");
  });

  await test.step("a second look at what nobody could confirm says why it may not be had yet", async () => {
    vendor.next({ prompt: "unclear", cut: true, makeTask: true }, { prompt: "unclear", status: 403 });
    await screen.press("unclear");
    await screen.says("Unconfirmed");
    vendor.set({ hold: "processing" });
    await screen.press("in the way");
    await screen.says("Processing");
    await playground.restart({ ...vendor.env, ACTIVE_LIMIT_VISITOR: "1" });
    await screen.film.getByRole("button", { name: /unclear/ }).press("Enter");
    await result.getByRole("button", { name: "Check again" }).press("Enter");
    await expect(result).toContainText("Enough is running for now.");
    await expect(screen.status).toHaveText("Unconfirmed");
    await accessible("not checked again yet");
  });

  expect(problems()).toEqual([]);
  await context.close();
  await playground.stop();
});
