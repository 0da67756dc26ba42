import { expectAccessible } from "./fixtures/axe";
import { startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { newVisitor, tryCode } from "./fixtures/visitor";

const CODE = "harbour light 7";

test.use({ serverEnv: { ACCESS_CODE: CODE }, expected: { console: [/Failed to load resource/] } });

const problemOf = async (answer: Response) => {
  const [, said = "{}"] = /^1:(.*)$/m.exec(await answer.text()) ?? [];
  return JSON.parse(said) as { problem?: string; waitSeconds?: number };
};

test("the code page lets in whoever has the code, with its script and without", async ({
  page,
  browser,
  playground,
}) => {
  await test.step("it stands before every page, and leads back to where one came from", async () => {
    await page.goto("/?from=letter");
    await expect(page).toHaveURL("/access?to=%2F%3Ffrom%3Dletter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This playground opens with a code.");
    await expectAccessible(page, "the code page");
  });

  const field = page.getByLabel("Access code", { exact: true });
  await test.step("what is wrong is said at the field, which keeps the focus", async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(field).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main").getByRole("alert")).toHaveText("Enter the code.");
    await expect(field).toBeFocused();
    await page.keyboard.type("harbour light 8");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main").getByRole("alert")).toHaveText("This is not the code.");
    await expect(field).toBeFocused();
    await expect(field).toHaveAccessibleDescription("This is not the code.");
    await expectAccessible(page, "a wrong code");
    await page.getByRole("button", { name: "Show the code" }).click();
    await expect(field).toHaveAttribute("type", "text");
  });

  await test.step("on a phone nothing is wider than it", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await expect(page.getByRole("button", { name: "Unlock" })).toBeInViewport();
    await expectAccessible(page, "the code page on a phone");
  });

  await test.step("while the server does not answer, the page and what was typed stay", async () => {
    await page.route("**/access**", (route) => route.abort());
    await field.fill(CODE);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main").getByRole("alert")).toHaveText(
      "The server does not answer. Try again in a moment.",
    );
    await expect(field).toHaveValue(CODE);
    await page.unroute("**/access**");
  });

  await test.step("the right one opens", async () => {
    await field.fill(` ${CODE} `);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/?from=letter");
    await expect(page.getByRole("button", { name: "Generate" })).toBeVisible();
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === "mv_access")).toMatchObject({
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
    });
    expect(JSON.stringify(cookies)).not.toContain(CODE);
    await page.goto("/access?to=https://example.com/");
    await expect(page).toHaveURL("/");
  });

  await test.step("without a script the form is posted as it is", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL: playground.url });
    const plain = await context.newPage();
    await plain.goto("/");
    await plain.getByLabel("Access code", { exact: true }).fill("nothing");
    await plain.getByRole("button", { name: "Unlock" }).click();
    await expect(plain.getByRole("main").getByRole("alert")).toHaveText("This is not the code.");
    await plain.getByLabel("Access code", { exact: true }).fill(CODE);
    await plain.getByRole("button", { name: "Unlock" }).click();
    await expect(plain).toHaveURL("/");
    await expect(plain.getByLabel("Prompt")).toBeVisible();
    await context.close();
  });
});

test("nothing of a page is shown without the code, and no address leads away from here", async ({ playground }) => {
  const { url } = playground;
  const ask = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, { ...init, redirect: "manual" });
  for (const [method, path, status] of [
    ["GET", "/", 307],
    ["HEAD", "/", 307],
    ["GET", "/nowhere", 307],
    ["GET", "/%61ccess", 307],
    ["GET", "/access/", 308],
    ["GET", "//access", 308],
    ["PUT", "/", 303],
    ["GET", "/access", 200],
    ["GET", "/api/health", 200],
    ["GET", "/sample/dancer.webp", 200],
    ["GET", "/icon.svg", 200],
  ] as const) {
    const answer = await ask(path, { method });
    expect([path, answer.status]).toEqual([path, status]);
    expect(await answer.text()).not.toContain("viduq3");
    if (status === 303 || status === 307)
      expect(answer.headers.get("location")).toMatch(/^(http:\/\/127[^/]+)?\/access\?to=%2F/);
  }
  const form = new FormData();
  form.append("$ACTION_ID_00", "");
  const posted = await ask("/", { method: "POST", body: form });
  expect([posted.status, (await posted.text()).includes("viduq3")]).toEqual([303, false]);
  for (const to of [
    "//example.com",
    "/\\example.com",
    "/\t/example.com",
    "https://example.com",
    "/..//example.com",
    "x",
  ]) {
    const page = await (await ask(`/access?to=${encodeURIComponent(to)}`)).text();
    expect(page, to).toContain('name="to" value="/"');
  }
});

test("the cookie is forged by nobody, and ends with the code", async () => {
  const server = await startPlayground({ env: { ACCESS_CODE: CODE, SESSION_SECRET: "s".repeat(32) } });
  try {
    const wentIn = await tryCode(server.url, CODE);
    const [, value = ""] = /mv_access=([^;]+)/.exec(wentIn.headers.getSetCookie().join("\n")) ?? [];
    const [until = "", random = "", signature = ""] = value.split(".");
    const statusWith = async (cookie: string) =>
      (await fetch(`${server.url}/`, { headers: { Cookie: `mv_access=${cookie}` }, redirect: "manual" })).status;
    expect(await statusWith(value)).toBe(200);
    for (const forged of [
      "",
      "x",
      `${Number(until) + 1}.${random}.${signature}`,
      `${until}.${random.toUpperCase()}.${signature}`,
      `${until}.${random}.${signature.slice(0, -1)}`,
      `${until}.${random}.${signature}.x`,
      `${until}.${random}`,
      `0${until}.${random}.${signature}`,
    ]) {
      expect([forged, await statusWith(forged)]).toEqual([forged, 307]);
    }
    const visitor = await newVisitor(server.url, { code: CODE });
    expect((await visitor.fetch("/api/generations")).status).toBe(200);
    await server.restart({ ACCESS_CODE: `${CODE}8`, SESSION_SECRET: "s".repeat(32) });
    expect(await statusWith(value)).toBe(307);
    const polled = await visitor.fetch("/api/generations?ids=x");
    expect([polled.status, ((await polled.json()) as { error: { code: string } }).error.code]).toEqual([
      401,
      "no_access",
    ]);
    expect(await visitor.press({ model: "viduq3-pro", input: { prompt: "a lighthouse" } })).toMatchObject({
      ok: false,
      error: { code: "no_access" },
    });
    await server.restart({ SESSION_SECRET: "s".repeat(32) });
    expect((await visitor.fetch("/api/generations")).status).toBe(200);
  } finally {
    await server.stop();
  }
});

test("wrong codes slow down for all, but not for long", async () => {
  const server = await startPlayground({ env: { ACCESS_CODE: CODE } });
  try {
    const tries = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => problemOf(await tryCode(server.url, `${index}`))),
    );
    const looked = tries.filter(({ problem }) => problem === "wrong");
    const waiting = tries.filter(({ problem }) => problem === "wait");
    expect(looked.length).toBeGreaterThanOrEqual(20);
    expect(looked.length).toBeLessThanOrEqual(24);
    expect(looked.length + waiting.length).toBe(60);
    expect(Math.max(...waiting.map(({ waitSeconds = 0 }) => waitSeconds))).toBeLessThanOrEqual(5);
    // An address that a client makes up is nothing to go by without TRUST_PROXY.
    const right = await problemOf(await tryCode(server.url, CODE, "", { "X-Forwarded-For": "203.0.113.9" }));
    expect(right.problem).toBe("wait");
    await expect
      .poll(async () => (await tryCode(server.url, CODE)).headers.getSetCookie().length, { timeout: 8_000 })
      .toBe(1);
  } finally {
    await server.stop();
  }
});

test("with TRUST_PROXY an address waits for its own wrong codes", async () => {
  const server = await startPlayground({ env: { ACCESS_CODE: CODE, TRUST_PROXY: "true" } });
  const from = (address: string) => ({ "X-Forwarded-For": `198.51.100.${Math.random()}, ${address}` });
  try {
    const problems: string[] = [];
    for (let index = 0; index < 8; index++) {
      problems.push((await problemOf(await tryCode(server.url, "wrong", "", from("203.0.113.9")))).problem ?? "");
    }
    expect(problems).toEqual([...Array(6).fill("wrong"), "wait", "wait"]);
    expect((await problemOf(await tryCode(server.url, CODE, "", from("203.0.113.9")))).problem).toBe("wait");
    expect((await tryCode(server.url, CODE, "", from("203.0.113.10"))).headers.getSetCookie()).toHaveLength(1);
    for (let index = 0; index < 6; index++) await tryCode(server.url, "wrong", "", from(`2001:db8:1:2::${index}`));
    expect((await problemOf(await tryCode(server.url, "wrong", "", from("2001:db8:1:2:ffff::1")))).problem).toBe(
      "wait",
    );
    expect((await problemOf(await tryCode(server.url, "wrong", "", from("2001:db8:1:3::1")))).problem).toBe("wrong");
  } finally {
    await server.stop();
  }
});
