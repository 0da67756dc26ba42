import { startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { startVendor } from "./fixtures/vendor";

test("a picture elsewhere is previewed through our server, for visitors only", async ({ browser, playwright }) => {
  const vendor = await startVendor();
  const playground = await startPlayground({ env: vendor.env });
  const address = encodeURIComponent(`${vendor.url}/pictures/1600x900.png`);
  const path = `${playground.url}/api/uploads/preview?url=${address}`;

  const stranger = await playwright.request.newContext();
  const refused = await stranger.get(path);
  expect(refused.status()).toBe(401);
  expect(await refused.json()).toMatchObject({ error: { code: "no_visitor" } });

  const page = await browser.newPage();
  await page.goto(playground.url);
  const shown = await page.request.get(path);
  expect(shown.status()).toBe(200);
  expect(shown.headers()).toMatchObject({
    "content-type": "image/jpeg",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, max-age=3600",
  });
  const size = await page.evaluate(async (src) => {
    const picture = new Image();
    picture.src = src;
    await picture.decode();
    return [picture.naturalWidth, picture.naturalHeight];
  }, path);
  expect(size).toEqual([512, 288]);

  const secret = await page.request.get(`${playground.url}/api/uploads/preview?url=http://169.254.169.254/latest`);
  expect(secret.status()).toBe(400);
  expect(await secret.json()).toMatchObject({ error: { code: "picture_unavailable" } });

  await page.close();
  await stranger.dispose();
  await playground.stop();
  await vendor.close();
});
