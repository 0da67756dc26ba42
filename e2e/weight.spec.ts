import { countScriptBytes, LOAD_MS } from "./bench/load";
import { expect, test } from "./fixtures/test";

const MAX_SCRIPT_BYTES = 250_000;

test("opening the page takes no more JavaScript than its budget", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const scriptBytes = countScriptBytes(session);
  await page.goto("/");
  // By the page's own clock: what it loads once it is at rest counts too.
  await page.waitForFunction((ms) => performance.now() > ms, LOAD_MS);
  await expect(page.getByRole("textbox", { name: "Prompt" })).toBeVisible();
  expect(scriptBytes(), "a page that loads no script at all was not measured").toBeGreaterThan(100_000);
  expect(scriptBytes()).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
});
