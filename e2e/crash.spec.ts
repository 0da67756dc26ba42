import { Screen } from "./fixtures/screen";
import { startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { startVendor } from "./fixtures/vendor";

// A server that is killed leaves a claim behind, which has to run out before anybody goes on.
test.describe.configure({ timeout: 120_000 });
test.use({
  expected: {
    console: [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch|ERR_INCOMPLETE/],
  },
});

for (const moment of ["between the row and the POST", "during the POST", "after the POST"] as const) {
  test(`a server killed ${moment} ends it with one charge and the video on the page`, async ({ browser }) => {
    const vendor = await startVendor();
    const playground = await startPlayground({ env: vendor.env });
    const context = await browser.newContext({ baseURL: playground.url });
    const screen = await new Screen(await context.newPage()).open();
    const prompt = `killed ${moment}`;

    if (moment === "between the row and the POST") await vendor.goDown();
    if (moment === "during the POST") vendor.next({ prompt, hang: true, makeTask: true });
    if (moment === "after the POST") vendor.set({ hold: "processing" });
    await screen.press(prompt);
    if (moment === "between the row and the POST") await screen.says("Sending");
    if (moment === "during the POST") await expect.poll(() => vendor.requests("submit").length).toBe(1);
    if (moment === "after the POST") await screen.says("Processing");
    await playground.kill();

    if (moment === "between the row and the POST") await vendor.comeBack();
    vendor.set({ hold: null });
    await playground.restart();
    await screen.says("Done", { timeout: 60_000 });
    await screen.plays();
    expect(vendor.ledger()).toHaveLength(1);
    const bodies = new Set(vendor.requests("submit").map((sent) => sent.sha256));
    expect(bodies.size).toBe(1);

    await context.close();
    await playground.stop();
    await vendor.close();
  });
}
