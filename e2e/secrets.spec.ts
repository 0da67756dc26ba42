import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

test.use({ expected: { console: [/Failed to load resource/] } });

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test("the key is in nothing a browser or a log can see", async ({ page, playground, vendor }) => {
  const key = vendor.env.MINDVIDEO_API_KEY;
  const answers: Promise<string>[] = [];
  page.on("response", (response) => {
    const type = response.headers()["content-type"] ?? "";
    if (type.startsWith("video/")) return;
    const told = response.text().catch(() => "");
    answers.push(told.then((body) => `${response.url()} ${JSON.stringify(response.headers())} ${body}`));
  });

  const screen = await new Screen(page).open();
  await screen.press("a clip that works");
  await screen.says("Done");
  // Every way a vendor can quote a request back at us.
  const quoted = `You sent Authorization: Bearer ${key}`;
  for (const fault of [
    { status: 401, body: { error: { message: quoted, code: key, field: key }, request_id: key } },
    { status: 422, body: { error: { message: quoted, field: "prompt" } } },
    { status: 400, body: quoted },
  ]) {
    const prompt = `quoted ${fault.status} ${JSON.stringify(fault.body).length}`;
    vendor.next({ ...fault, prompt });
    await screen.press(prompt);
    await screen.says("Failed");
    await expect(screen.prompt).toBeEnabled();
  }
  vendor.ending({ prompt: "ends badly", status: "failed", answer: { error: quoted, request_id: key } });
  await screen.press("ends badly");
  await expect.poll(async () => (await storedGenerations(page))[0]?.status).toBe("failed");
  for (const route of [
    "/nowhere",
    "/api/health",
    "/api/generations",
    "/api/generations?ids=x",
    "/sandbox/api/v1/tasks/x",
  ]) {
    answers.push(page.request.get(route).then((answer) => answer.text()));
  }
  await page.reload();
  await screen.ready();

  const seen = await Promise.all(answers);
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((text) => text.includes(key))).toEqual([]);
  expect((await page.content()).includes(key)).toBe(false);
  const cookies = (await page.context().cookies()).map(({ value }) => value).filter((value) => value.length > 8);
  expect(cookies.length).toBeGreaterThan(0);
  const prompts = ["a clip that works", "quoted 4", "ends badly"];
  for (const secret of [key, ...cookies, ...prompts]) expect(playground.output()).not.toContain(secret);
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(stored.includes(key)).toBe(false);
});

test("neither the key nor its name is in what the build gives to browsers", async ({ vendor }) => {
  const root = path.resolve(__dirname, "..", process.env.NEXT_DIST_DIR ?? ".next", "static");
  const scripts = filesBelow(root).map((file) => readFileSync(file, "latin1"));
  expect(scripts.length).toBeGreaterThan(5);
  for (const secret of [vendor.env.MINDVIDEO_API_KEY, "MINDVIDEO_API_KEY", "SESSION_SECRET", "api.mindvideo.ai"]) {
    expect(
      scripts.filter((script) => script.includes(secret)),
      secret,
    ).toEqual([]);
  }
});
