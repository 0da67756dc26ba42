import { Screen, storedGenerations } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

// The recipe from the form to MindVideo and back: examples, drafts, seeds, mistakes, and what a finished clip offers.

// Nothing here is about playing, and a clip that plays costs the test machine more than the rest of the page.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.beforeEach(({ vendor }) => vendor.set({ queuedMs: 50, finishedMs: 300 }));

class Recipe extends Screen {
  readonly seed = this.page.getByRole("textbox", { name: "Seed", exact: true });
  readonly seconds = this.page.getByRole("textbox", { name: "Duration in seconds" });
  readonly audio = this.page.getByRole("switch", { name: "Audio" });
  readonly again = this.result.getByRole("button", { name: "Generate again" });
  readonly star = this.result.getByRole("button", { name: "Star" });

  isChosen(field: string, value: string) {
    return expect(this.page.getByRole("radiogroup", { name: field }).getByRole("radio", { name: value })).toBeChecked();
  }
}

test("an example fills the whole form in one press, and nothing is sent", async ({ page, vendor }) => {
  const before = vendor.requests("submit").length;
  const screen = await new Recipe(page).open();
  const starters = page.getByRole("list", { name: "Examples" }).getByRole("button");
  await expect(starters).toHaveCount(3);
  const seen = new Set<string>();
  for (const example of [...(await starters.all()), page.getByRole("button", { name: "Use this example" })]) {
    await screen.choose("Resolution", "540p");
    await screen.choose("Aspect ratio", "9:16");
    await screen.seconds.fill("9");
    await screen.audio.uncheck();
    await example.click();
    await screen.isChosen("Resolution", "720p");
    await screen.isChosen("Aspect ratio", "16:9");
    await expect(screen.seconds).toHaveValue("5");
    await expect(screen.audio).toBeChecked();
    await expect(screen.prompt).toBeFocused();
    seen.add(await screen.prompt.inputValue());
  }
  expect(seen.size).toBe(4);
  expect(seen).toContain("A cinematic shot of a dancer turning under soft stage lighting.");
  expect(vendor.requests("submit")).toHaveLength(before);
});

test("a draft survives a reload, and nothing of it leaves the browser before Generate", async ({ page, vendor }) => {
  const prompt = "a draft 梦境 🌊 nobody else reads";
  const sent: string[] = [];
  page.on("request", (request) => {
    sent.push(`${request.method()} ${decodeURIComponent(request.url())} ${request.postData() ?? ""}`);
  });
  const screen = await new Recipe(page).open();
  await screen.choose("Resolution", "1080p");
  await screen.choose("Aspect ratio", "3:4");
  await screen.seconds.fill("7");
  await screen.audio.uncheck();
  await screen.openAdvanced();
  await screen.seed.fill("0");
  await screen.prompt.fill(prompt);
  await page.reload();
  await screen.ready();
  await expect(screen.prompt).toHaveValue(prompt);
  await screen.isChosen("Resolution", "1080p");
  await screen.isChosen("Aspect ratio", "3:4");
  await expect(screen.seconds).toHaveValue("7");
  await expect(screen.audio).not.toBeChecked();
  await screen.openAdvanced();
  await expect(screen.seed).toHaveValue("0");
  expect(sent.filter((line) => line.includes("draft") || line.startsWith("POST"))).toEqual([]);

  await screen.pressGenerate();
  await expect
    .poll(() => vendor.ledger().find((charge) => charge.input.prompt === prompt)?.input)
    .toEqual({
      prompt,
      resolution: "1080p",
      aspect_ratio: "3:4",
      duration: 7,
      audio: false,
      seed: 0,
    });
});

test("what is typed before the page's scripts are there counts, and Generate waits for them", async ({
  page,
  vendor,
}) => {
  const screen = await new Recipe(page).open();
  await screen.prompt.fill("an older draft");
  await screen.seconds.fill("6");
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/_next/**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  await screen.prompt.fill("typed early");
  await screen.choose("Resolution", "1080p");
  await screen.audio.uncheck();
  await expect(screen.generate).toBeDisabled();
  release();
  await screen.pressGenerate();
  await expect
    .poll(() => vendor.ledger().find((charge) => charge.input.prompt === "typed early")?.input)
    .toEqual({
      prompt: "typed early",
      resolution: "1080p",
      aspect_ratio: "16:9",
      duration: 6,
      audio: false,
    });
  await expect(screen.prompt).toHaveValue("typed early");
});

test("a seed of 0, of -1 and none arrive as such, and the recipe comes back", async ({ page, vendor }) => {
  const input = (prompt: string) => vendor.ledger().filter((charge) => charge.input.prompt === prompt);
  const screen = await new Recipe(page).open();
  await screen.openAdvanced();
  await screen.choose("Resolution", "540p");
  await screen.choose("Aspect ratio", "4:3");
  await screen.seconds.fill("3");
  await screen.audio.uncheck();
  for (const seed of [0, -1]) {
    await screen.seed.fill(String(seed));
    await screen.press(`seed ${seed}`);
    await expect.poll(() => input(`seed ${seed}`)[0]?.input.seed).toBe(seed);
  }
  await page.getByRole("button", { name: "Clear seed" }).click();
  await expect(screen.seed).toBeFocused();
  await screen.press("no seed");
  await expect.poll(() => input("no seed").length).toBe(1);
  expect(input("no seed")[0]?.input).not.toHaveProperty("seed");

  await page.getByRole("button", { name: "New random seed" }).click();
  await expect(screen.seed).toHaveValue(/^\d+$/);
  await screen.choose("Resolution", "1080p");
  await screen.seconds.fill("16");
  await screen.prompt.fill("something else");
  await screen.shots.getByRole("button", { name: /seed 0/ }).click();
  await screen.says("Done");
  await page.getByRole("button", { name: "Use these settings" }).click();
  await expect(screen.prompt).toHaveValue("seed 0");
  await expect(screen.prompt).toBeFocused();
  await expect(screen.seed).toHaveValue("0");
  await screen.pressGenerate();
  await expect.poll(() => input("seed 0").length).toBe(2);
  const [first, second] = input("seed 0");
  expect(second?.input).toEqual(first?.input);
  expect(second?.input).toEqual({
    prompt: "seed 0",
    resolution: "540p",
    aspect_ratio: "4:3",
    duration: 3,
    audio: false,
    seed: 0,
  });
});

test("Generate again makes another; a fixed seed is asked about first", async ({ page, vendor }) => {
  const charges = (prompt: string) => vendor.ledger().filter((charge) => charge.input.prompt === prompt);
  const screen = await new Recipe(page).open();
  await screen.press("again, any seed");
  await screen.says("Done");
  await screen.again.click();
  await expect.poll(() => charges("again, any seed").length).toBe(2);
  await screen.says("Done");
  await expect(screen.shots).toHaveCount(2);

  await screen.openAdvanced();
  await screen.seed.fill("42");
  await screen.press("again, fixed seed");
  await expect.poll(() => charges("again, fixed seed").length).toBe(1);
  await screen.says("Done");
  // A double click is one press, and not also a press of whatever appears under the pointer.
  await screen.again.dblclick();
  const fresh = screen.result.getByRole("button", { name: "New seed" });
  await expect(fresh).toBeVisible();
  await expect(screen.result).toContainText("the same settings make the same clip");

  // While it asks, another generation may go on; whoever types must keep the focus.
  const polls = vendor.requests("task").length;
  vendor.next({ on: "task", prompt: "meanwhile", times: "always", patch: { status: "processing" }, omit: ["output"] });
  await page.evaluate(() => {
    const at = Date.now();
    const press = { id: crypto.randomUUID(), model: "viduq3-pro", input: { prompt: "meanwhile" }, at };
    const key = `mindvideo:press:${press.id}`;
    localStorage.setItem(key, JSON.stringify(press));
    dispatchEvent(new StorageEvent("storage", { key }));
  });
  await screen.prompt.focus();
  await expect.poll(() => vendor.requests("task").length).toBeGreaterThan(polls + 2);
  await expect(screen.prompt).toBeFocused();
  vendor.clear();

  await screen.result.getByRole("button", { name: "Do not generate" }).click();
  await expect(screen.again).toBeFocused();
  expect(charges("again, fixed seed")).toHaveLength(1);
  await page.keyboard.press("r");
  await expect(fresh).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => charges("again, fixed seed").length).toBe(2);
  const [first, second] = charges("again, fixed seed");
  expect(second?.input).toEqual({ ...first?.input, seed: second?.input.seed });
  expect(second?.input.seed).not.toBe(42);
  await screen.says("Done");
  await screen.shots.nth(2).getByRole("button").click();
  await screen.again.click();
  await screen.result.getByRole("button", { name: "Same seed" }).click();
  await expect.poll(() => charges("again, fixed seed").length).toBe(3);
});

test("Generate on a wrong form goes to the first mistake, even a folded one, and sends nothing", async ({
  page,
  vendor,
}) => {
  const before = vendor.requests("submit").length;
  const screen = await new Recipe(page).open();
  const advanced = page.getByRole("button", { name: "Advanced settings" });
  await screen.pressGenerate();
  await expect(screen.prompt).toBeFocused();
  await expect(screen.prompt).toHaveAccessibleDescription(
    "Write something in Prompt, or add an image to Reference images.",
  );
  // A sentence that appears when a field is left must not move what is being pressed away from the pointer.
  await screen.seconds.fill("99");
  await screen.audio.click();
  await expect(screen.audio).not.toBeChecked();
  await expect(screen.seconds).toHaveAccessibleDescription(/16/);
  await screen.seconds.fill("5");
  await screen.prompt.fill("x".repeat(2001));
  await expect(page.getByText("2001 / 2000")).toBeVisible();
  await screen.openAdvanced();
  await screen.seed.fill("4294967296");
  await page.getByRole("button", { name: "Address", exact: true }).click();
  await page.getByRole("textbox", { name: "Reference images address" }).fill("kitten.jpg");
  await advanced.click();
  await expect(advanced).toHaveAttribute("aria-expanded", "false");

  await screen.pressGenerate();
  await expect(screen.prompt).toBeFocused();
  await expect(screen.prompt).toHaveAccessibleDescription(/2000/);
  await expect(advanced).toHaveAttribute("aria-expanded", "true");
  await screen.prompt.fill("short enough");
  await advanced.click();
  await screen.pressGenerate();
  const images = page.getByLabel("Reference images", { exact: true });
  await expect(images).toBeFocused();
  await expect(images).toHaveAccessibleDescription(/full web addresses/);
  await page.getByRole("button", { name: "Remove first frame" }).click();
  await advanced.click();
  await page.keyboard.press("Control+Enter");
  await expect(screen.seed).toBeFocused();
  await expect(screen.seed).toHaveAccessibleDescription(/4294967295/);
  await expect(screen.seed).toHaveAttribute("aria-invalid", "true");
  expect(vendor.requests("submit")).toHaveLength(before);
  expect(await storedGenerations(page)).toEqual([]);

  await screen.seed.fill("4294967295");
  await screen.pressGenerate();
  await screen.says("Done");
  expect(vendor.ledger().find((charge) => charge.input.prompt === "short enough")?.input.seed).toBe(4_294_967_295);
});

test("a star survives a reload, and every value of the receipt copies itself", async ({ page, context, vendor }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const screen = await new Recipe(page).open();
  await screen.openAdvanced();
  await screen.seed.fill("7");
  await screen.seconds.fill("4");
  await screen.press("kept");
  await screen.says("Done");
  await expect(screen.star).toHaveAttribute("aria-pressed", "false");
  await screen.star.click();
  await expect(screen.star).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await screen.ready();
  await expect(screen.star).toHaveAttribute("aria-pressed", "true");
  await screen.star.focus();
  await page.keyboard.press("s");
  await expect(screen.star).toHaveAttribute("aria-pressed", "false");

  // On a narrower deck the keys leave no room for what the form says anyway.
  await page.setViewportSize({ width: 1800, height: 1100 });
  const requestId = `req_${vendor.ledger().length}`;
  const receipt = [
    ["Model", "Vidu Q3 Pro"],
    ["Resolution", "720p"],
    ["Aspect ratio", "16:9"],
    ["Duration", "4 s"],
    ["Audio", "On"],
    ["Seed", "7"],
    ["Cost", "0.54"],
    ["request id", requestId],
  ] as const;
  for (const [label, value] of receipt) {
    await screen.result.getByRole("button", { name: `Copy ${label} ${value}`, exact: true }).click();
    await expect(screen.result.getByText("Copied", { exact: true }).last()).toBeVisible();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(value);
  }
});
