import { expectAccessible } from "./fixtures/axe";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

test("sharing, deleting and taking out, with a mouse, a keyboard and on a phone", async ({
  page,
  context,
  newVisitor: open,
}) => {
  const screen = await new Screen(page).open();
  await screen.press("a lighthouse in the rain");
  await screen.says("Done");
  const dialog = page.getByRole("dialog");
  const more = screen.result.getByRole("button", { name: "More", exact: true });
  let link = "";

  await test.step("share: a link that is shown once", async () => {
    await more.click();
    await expectAccessible(page, "the menu of a clip");
    await page.keyboard.press("Escape");
    await expect(more).toBeFocused();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(dialog).toHaveAccessibleName("Share this clip");
    await expectAccessible(page, "the share dialog");
    await dialog.getByRole("button", { name: "Make a link" }).click();
    link = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
    expect(link).toMatch(/\/g\/[0-9a-f-]{36}\?t=[\w-]{22}$/);
    await expect(dialog.getByText("It is shown this once")).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, "the share dialog with a link, on a phone");
    await page.keyboard.press("Escape");
    await expect(more).toBeFocused();
    await page.keyboard.press("Enter");
    await expectAccessible(page, "the menu of a clip, on a phone");
    await page.keyboard.press("Escape");
  });

  const guest = await open();
  await test.step("somebody else opens it", async () => {
    await guest.goto(link);
    await expect(guest.getByText("a lighthouse in the rain").first()).toBeVisible();
    await new Screen(guest).plays();
    await expect(guest.getByRole("button", { name: /Share|Delete/ })).toHaveCount(0);
    await expectAccessible(guest, "a shared clip");
    await guest.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(guest, "a shared clip, on a phone");
  });

  await test.step("stop sharing: its link opens nothing", async () => {
    await more.click();
    await page.getByRole("button", { name: "Share…" }).click();
    await dialog.getByRole("button", { name: "Stop sharing" }).click();
    await expect(dialog.getByText("The link opens nothing")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Close" })).toBeFocused();
    await dialog.getByRole("button", { name: "Close" }).click();
    expect((await guest.request.get(link)).status()).toBe(404);
  });

  await test.step("its own page offers its owner the same", async () => {
    await page.goto(link.split("?")[0] ?? "");
    await expect(page.getByText("Only you can see this page.")).toBeVisible();
    await expectAccessible(page, "a clip's own page, on a phone");
    await page.setViewportSize({ width: 1440, height: 900 });
    await screen.open();
  });

  const tab = new Screen(await context.newPage());
  await test.step("delete: asked once, announced, and the focus stays in the result", async () => {
    await screen.press("a second one");
    await screen.says("Done");
    await tab.open();
    await expect(tab.shots).toHaveCount(2);
    await more.click();
    await page.getByRole("button", { name: "Share…" }).click();
    await dialog.getByRole("button", { name: "Make a link" }).click();
    await expect(dialog.getByRole("textbox", { name: "Link" })).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).click();
    // The other tab knows that there is a link which a second one would end.
    await tab.result.getByRole("button", { name: "More", exact: true }).click();
    await tab.page.getByRole("button", { name: "Share…" }).click();
    await expect(tab.page.getByRole("dialog").getByRole("button", { name: "Make a new link" })).toBeVisible();
    await more.click();
    await page.getByRole("button", { name: "Delete…" }).click();
    await expect(dialog).toHaveAccessibleName("Delete this clip?");
    await expect(dialog.getByText("stays spent")).toBeVisible();
    await expectAccessible(page, "the question before deleting");
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(screen.shots).toHaveCount(1);
    await expect(screen.result).toBeFocused();
    await expect(page.getByText("Deleted: a second one.")).toBeAttached();
    await expect(screen.shots.first()).toContainText("a lighthouse in the rain");
    // What is gone here is gone in the visitor's other tabs.
    await expect(tab.shots).toHaveCount(1);
    await expect(tab.shots.first()).toContainText("a lighthouse in the rain");
  });

  await test.step("your work: taken out whole, then deleted whole", async () => {
    await page.getByRole("button", { name: "Your work" }).click();
    await expect(dialog).toHaveAccessibleName("Your work");
    await expectAccessible(page, "your work");
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Download everything" }).click();
    expect((await download).suggestedFilename()).toMatch(/^mindvideo-playground-\d{4}-\d\d-\d\d\.zip$/);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, "your work, on a phone");
    await dialog.getByRole("textbox").fill("delet");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("Nothing was deleted")).toBeVisible();
    await dialog.getByRole("textbox").fill("delete");
    await page.keyboard.press("Enter");
    await expect(dialog).toHaveAccessibleName("Everything is deleted");
    await expect(tab.page.getByText("Every clip you make lines up here")).toBeAttached();
    await expectAccessible(page, "everything is deleted, on a phone");
    await dialog.getByRole("button", { name: "Start afresh" }).click();
    await screen.ready();
    await expect(page.getByText("Every clip you make lines up here")).toBeAttached();
  });
});
