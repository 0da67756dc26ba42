import { test as base } from "./fixtures/ingest-test";
import { scene } from "./fixtures/pictures";
import { Screen } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { startVendor, type Vendor } from "./fixtures/vendor";

// Reference images by way of UploadThing, as a person adds them, and what MindVideo is given of them.

const test = base.extend<object, { vendor: Vendor }>({
  vendor: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const vendor = await startVendor();
      await use(vendor);
      await vendor.close();
    },
    { scope: "worker" },
  ],
  serverEnv: [async ({ ingest, vendor }, use) => use({ ...ingest.env, ...vendor.env }), { scope: "worker" }],
});

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("two pictures reach MindVideo as their addresses at UploadThing, whatever happened on the way", async ({
  page,
  ingest,
  vendor,
}) => {
  const [lighthouse, balloons] = await Promise.all([scene("lighthouse"), scene("balloons")]);
  const screen = await new Screen(page).open();
  await screen.openAdvanced();
  const chooser = page.getByLabel("Reference images", { exact: true });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const files = () => ingest.files().map(({ name }) => name);

  await test.step("it is on its way until UploadThing has called back", async () => {
    ingest.set({ callback: "held" });
    await chooser.setInputFiles([lighthouse]);
    await ingest.until(() => ingest.files().length === 1);
    await expect(page.getByRole("progressbar", { name: "Sending first frame" })).toBeVisible();
    ingest.clear();
    await expect(button("Remove first frame")).toBeVisible();
    await expect(page.getByRole("img", { name: "First frame", exact: true })).toHaveJSProperty("complete", true);
  });

  await test.step("cancelled on its way, it is gone", async () => {
    ingest.set({ callback: "held" });
    await chooser.setInputFiles([balloons]);
    await ingest.until(() => ingest.files().length === 2);
    await button("Cancel last frame").click();
    await expect(button("Cancel last frame")).toBeHidden();
    ingest.clear();
  });

  await test.step("another file than was announced is refused in a sentence", async () => {
    ingest.set({ swap: { type: "application/x-msdownload" } });
    await chooser.setInputFiles([balloons]);
    await expect(page.getByRole("region", { name: "Recipe" })).toContainText(
      "This file is damaged or not what its name",
    );
    ingest.clear();
    await button("Remove last frame").click();
  });

  await test.step("cut on its way, it is sent again", async () => {
    const before = ingest.handshakes().length;
    ingest.set({ cutAfterBytes: 20_000 });
    await chooser.setInputFiles([balloons]);
    await expect(button("Retry last frame")).toBeVisible();
    ingest.clear();
    await button("Retry last frame").click();
    await expect(button("Remove last frame")).toBeVisible();
    await expect(button("Retry last frame")).toBeHidden();
    expect(ingest.handshakes().length).toBe(before + 1);
  });

  await screen.press("two pictures by their addresses");
  await screen.says("Done");
  const [charge] = vendor.ledger();
  const given = charge?.input.image_urls as string[];
  expect(given).toHaveLength(2);
  const { uploads } = await (await page.request.get("/api/uploads")).json();
  for (const [index, name] of ["lighthouse", "balloons"].entries()) {
    const url = given[index] ?? "";
    const file = ingest.files().find(({ key }) => url.endsWith(`/a/fixtureapp/${key}`));
    expect(file?.name, url).toContain(name);
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    const upload = uploads.find((one: { name: string }) => one.name === file?.name);
    expect(bytes.equals(await (await page.request.get(`/api/uploads/${upload.sha256}`)).body())).toBe(true);
  }
  expect(files().length).toBeGreaterThan(1);
});
