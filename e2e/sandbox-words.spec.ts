import { ERROR_TEXT } from "../lib/errors";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect, test } from "./fixtures/test";

// The words that steer the sandbox, as a visitor meets them.

/** The least the sandbox can be asked to draw. */
async function openSmall(screen: Screen) {
  await screen.open();
  await screen.choose("Resolution", "540p");
  await screen.page.getByRole("textbox", { name: "Duration in seconds" }).fill("1");
  return screen;
}

test("the words that end badly say what happened and that it cost nothing", async ({ page }) => {
  const screen = await openSmall(new Screen(page));
  await expect(page.getByRole("banner")).toContainText("Sandbox");
  for (const [word, code, isRefusal] of [
    ["[moderated]", "moderated", true],
    ["[broke]", "no_credit", true],
    ["[fail]", "task_failed", false],
  ] as const) {
    await screen.press(`a fox ${word}`);
    await screen.says("Failed");
    await expect(screen.result.getByRole("heading", { name: ERROR_TEXT[code].title })).toBeVisible();
    await expect(screen.result).toContainText("Nothing was charged");
    await expect(screen.shots.first()).toContainText(`Failed: a fox ${word}`);
    if (!isRefusal) await expect(screen.result).toContainText("The prompt asked the sandbox to fail this task.");
    if (code === "moderated") await expect(screen.prompt).toHaveAttribute("aria-invalid", "true");
  }
  expect((await storedGenerations(page)).map((one) => one.status)).toEqual(["failed", "failed", "failed"]);
});

test("[rate-limit] only makes it wait", async ({ page }) => {
  const screen = await openSmall(new Screen(page));
  await screen.press("a fox [rate-limit]");
  await screen.says("Sending");
  await screen.says("Done", { timeout: 20_000 });
  await screen.plays();
  await expect(screen.shots).toHaveCount(1);
});

test("[expired] lets the link die, and the clip plays from our copy", async ({ page, context, newVisitor }) => {
  test.setTimeout(60_000);
  const screen = await openSmall(new Screen(page));
  await screen.press("a fox [expired]");
  await screen.says("Done");
  await screen.plays();
  const answer = await page.request.get("/api/generations");
  const [made] = ((await answer.json()) as { generations: { id: string; taskId: string }[] }).generations;
  // The sandbox keeps it for 20 s.
  const link = `/sandbox/api/v1/files/${made?.taskId}.mp4`;
  const status = async () => (await page.request.head(link)).status();
  expect(await status()).toBe(200);
  await expect.poll(status, { timeout: 30_000, intervals: [500] }).toBe(404);

  // The same visitor with an empty cache: this browser could still play what it has.
  const later = await newVisitor();
  await later.context().addCookies(await context.cookies());
  const again = await new Screen(later).open();
  await again.says("Done");
  await again.plays();
  await expect(again.result).toContainText("Kept here");
  await expect(again.result).toContainText("0.135");
});
