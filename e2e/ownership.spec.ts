import { readFileSync } from "node:fs";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { png } from "./fixtures/picture-files";
import { newDataDir, type Playground, ROOT, startPlayground } from "./fixtures/server";
import { idOfAction, newVisitor, tryCode, type Visitor } from "./fixtures/visitor";

const CODE = "harbour light 7";
// What the owner's rows hold, and nobody else may read.
const PROMPT = "a-prompt-nobody-else-may-read";
const FILE_NAME = "a-name-nobody-else-may-read.png";
const HOST_TOKEN = Buffer.from(JSON.stringify({ apiKey: "sk_live_x", appId: "app", regions: ["r1"] })).toString(
  "base64",
);

type Owned = { id: string; sha: string; unshared: string; othersToken: string };
type Sent = { path: string; body?: string };
/** What a method answers: to another visitor, to nobody and a forged cookie, and to whoever has not given the code. */
type Door = { of?: (owned: Owned) => Partial<Sent>; other: number; nobody: number; noCode: number };

const closed = (other: number, of?: Door["of"]): Door => ({ of, other, nobody: 401, noCode: 401 });
/** What has a check of its own answers everybody the same. */
const own = (status: number, noCode = status): Door => ({ other: status, nobody: status, noCode });
const page = (other: number): Door => ({ other, nobody: other, noCode: 307 });

/** Every route and page of the build, with every method it knows; HEAD is what GET is. Any other method is a 405. */
const ROUTES: Record<string, Record<string, Door> | "static"> = {
  "/": { GET: page(200) },
  "/access": { GET: { ...page(307), noCode: 200 } },
  "/g/[id]": { GET: page(404) },
  "/icon.svg": "static",
  "/_not-found": { GET: page(404) },
  "/_global-error": "static",
  "/metrics": { GET: own(401) },
  "/api/health": { GET: own(200) },
  "/api/sweep": { GET: own(401), POST: own(401) },
  "/api/spend": { GET: closed(200, () => ({ path: "/api/spend?model=viduq3-pro&like=x" })) },
  "/api/export": { GET: closed(200), HEAD: closed(200) },
  "/api/generations": { GET: closed(200, ({ id }) => ({ path: `/api/generations?ids=${id}` })) },
  "/api/generations/[id]/events": { GET: closed(404) },
  "/api/generations/[id]/outputs/[n]": { GET: closed(404), HEAD: closed(404) },
  "/api/uploads": {
    GET: closed(200, ({ sha }) => ({ path: `/api/uploads?sha=${sha}` })),
    POST: closed(400, () => ({ body: "" })),
    PATCH: closed(204, ({ sha }) => ({ body: JSON.stringify({ hold: [], release: [sha] }) })),
  },
  "/api/uploads/[sha]": { GET: closed(404), HEAD: closed(404), DELETE: closed(404) },
  "/api/uploads/preview": { GET: closed(400) },
  "/api/uploads/arrived": {
    POST: closed(404, () => ({ body: JSON.stringify({ key: "somebody-elses" }) })),
    DELETE: closed(204, () => ({ body: JSON.stringify({ key: "somebody-elses" }) })),
  },
  "/api/uploadthing": { GET: own(404, 401), POST: own(404, 401) },
  "/u/[sha]": { GET: own(404), HEAD: own(404) },
  "/sandbox/api/v1/[...path]": {
    GET: own(401),
    HEAD: own(401),
    POST: own(401),
    PUT: own(401),
    PATCH: own(401),
    DELETE: own(401),
  },
};

/** Every server action: what it is given, and what another visitor hears. */
const ACTIONS: Record<string, { args: (owned: Owned) => unknown[]; other: string } | "own"> = {
  submitGenerations: {
    args: ({ id }) => [[{ id, model: "viduq3-pro", input: { prompt: PROMPT } }]],
    other: "id_conflict",
  },
  lookAgain: { args: ({ id }) => [id], other: "not_found" },
  checkAgain: { args: ({ id }) => [id], other: "not_found" },
  letItBe: { args: ({ id }) => [id], other: "not_found" },
  stopWatching: { args: ({ id }) => [id], other: "not_found" },
  setFavorite: { args: ({ id }) => [id, true], other: "not_found" },
  shareGeneration: { args: ({ id }) => [id, { pictures: true }], other: "not_found" },
  unshareGeneration: { args: ({ id }) => [id], other: "not_found" },
  removeGeneration: { args: ({ id }) => [id], other: "not_found" },
  removeEverything: { args: () => [], other: "ok" },
  // Asks for the code itself, and gives nothing of anybody's.
  enterCode: "own",
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

const readBuild = (file: string) =>
  JSON.parse(readFileSync(path.join(ROOT, process.env.NEXT_DIST_DIR ?? ".next", file), "utf8"));
const builtRoutes = () => Object.values(readBuild("app-path-routes-manifest.json") as Record<string, string>);
function builtActions(): string[] {
  const { node } = readBuild("server/server-reference-manifest.json") as {
    node: Record<string, { exportedName?: string }>;
  };
  return Object.values(node).map(({ exportedName = "" }) => exportedName);
}

const fill = (route: string, { id, sha }: Owned) =>
  route
    .replace("[id]", id)
    .replace("[n]", "0")
    .replace("[sha]", sha)
    .replace("[...path]", "tasks/x")
    .replace("/_not-found", "/nowhere");

/** One answer, which holds nothing of the owner's. */
async function ask(url: string, cookie: string, method: string, { path, body }: Sent): Promise<number> {
  const answer = await fetch(`${url}${path}`, {
    method,
    body,
    headers: cookie ? { Cookie: cookie } : {},
    redirect: "manual",
  });
  const told = `${JSON.stringify([...answer.headers])}${Buffer.from(await answer.arrayBuffer()).toString("latin1")}`;
  for (const secret of [PROMPT, FILE_NAME])
    expect(told.includes(secret), `${method} ${path} tells ${secret}`).toBe(false);
  return answer.status;
}

async function act(url: string, cookie: string, name: string, args: unknown[]): Promise<string> {
  const headers = { "Next-Action": idOfAction(name), "Content-Type": "text/plain;charset=UTF-8", Cookie: cookie };
  const answer = await fetch(`${url}/access`, {
    method: "POST",
    headers,
    body: JSON.stringify(args),
    redirect: "manual",
  });
  const told = await answer.text();
  for (const secret of [PROMPT, FILE_NAME]) expect(told.includes(secret), `${name} tells ${secret}`).toBe(false);
  const [, said = "null"] = /^1:(.*)$/m.exec(told) ?? [];
  const result = [JSON.parse(said)].flat()[0] as { ok: boolean; error?: { code: string } } | null;
  return result?.error?.code ?? (result?.ok ? "ok" : `nothing (${answer.status})`);
}

type Setting = { servers: { open: Playground; closed: Playground } };

const test = base.extend<Setting>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  servers: async ({}, use) => {
    const dataDir = newDataDir();
    const env = {
      SESSION_SECRET: "s".repeat(32),
      CRON_SECRET: "c".repeat(16),
      METRICS_TOKEN: "m".repeat(16),
      SUBMITS_PER_MINUTE: "100",
    };
    const open = await startPlayground({ dataDir, env });
    const closed = await startPlayground({
      dataDir,
      env: { ...env, ACCESS_CODE: CODE, UPLOADTHING_TOKEN: HOST_TOKEN },
    });
    await use({ open, closed });
    await closed.stop();
    await open.stop();
  },
});

async function cookieOf(url: string): Promise<string> {
  const page = await fetch(`${url}/`);
  await page.body?.cancel();
  return page.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function make(url: string, owner: Visitor): Promise<Owned> {
  const upload = await owner.upload(await png(), FILE_NAME, "image/png");
  if (!("sha256" in upload)) throw new Error(upload.code);
  const ids: string[] = [];
  for (let index = 0; index < 2; index++) {
    const input = { prompt: PROMPT, image_urls: [`upload:${upload.sha256}`], duration: 1, resolution: "540p" };
    const pressed = await owner.press({ model: "viduq3-pro", input });
    if (!pressed.ok) throw new Error(JSON.stringify(pressed.error));
    ids.push(pressed.value.id);
  }
  for (const id of ids) {
    await expect.poll(async () => (await owner.generation(id))?.status, { timeout: 30_000 }).toBe("succeeded");
  }
  const [id = "", other = ""] = ids;
  const share = async (of: string) => {
    const shared = await owner.call<{ ok: true; value: { token: string } }>("shareGeneration", of, { pictures: true });
    return shared?.value.token ?? "";
  };
  const unshared = await share(id);
  expect((await fetch(`${url}/api/generations/${id}/events?t=${unshared}`)).status).toBe(200);
  await owner.call("unshareGeneration", id);
  return { id, sha: upload.sha256, unshared, othersToken: await share(other) };
}

test("every route, page and action of the build stands in the tables", () => {
  expect(builtRoutes().length).toBeGreaterThan(15);
  expect(builtActions().length).toBeGreaterThan(4);
  expect(builtRoutes().filter((route) => !(route in ROUTES))).toEqual([]);
  expect(builtActions().filter((name) => !(name in ACTIONS))).toEqual([]);
});

test("nobody reads or changes what is another's, on any way in", async ({ servers: { open, closed } }) => {
  test.setTimeout(90_000);
  const owner = await newVisitor(open.url);
  const owned = await make(open.url, owner);
  const keepOf = async () => (await owner.generation(owned.id))?.outputs[0]?.keep;
  await expect.poll(keepOf, "its copy, which nobody is to change").toEqual({ state: "kept" });
  const before = await owner.generation(owned.id);
  const other = await cookieOf(open.url);
  const [, id = "", signature = ""] = /^mv_visitor=([^.]+)\.(.+)$/.exec(owner.cookie()) ?? [];
  const forgeries = [
    "",
    `mv_visitor=${id}`,
    `mv_visitor=${id}.${signature.slice(0, -1)}${signature.endsWith("A") ? "B" : "A"}`,
    `mv_visitor=${id}.${other.split(".")[1]}`,
  ];

  const doors = builtRoutes().flatMap((route) => {
    const methods = ROUTES[route] ?? "static";
    if (methods === "static") return [];
    const sent = { path: fill(route, owned) };
    return METHODS.map((method) => ({
      method,
      sent,
      route,
      door: methods[method] ?? (method === "HEAD" ? methods.GET : undefined),
    }));
  });

  await test.step("routes and pages", async () => {
    for (const { method, sent, route, door } of doors) {
      const isPage = !/^\/(api|sandbox|u|metrics)/.test(route);
      if (!door) {
        // Next answers other methods of a page by itself, and never with the page of the owner.
        const status = await ask(open.url, other, method, { ...sent, body: undefined });
        if (!isPage) expect([method, route, status]).toEqual([method, route, 405]);
        continue;
      }
      const request = { ...sent, ...door.of?.(owned) };
      expect([method, route, "another", await ask(open.url, other, method, request)]).toEqual([
        method,
        route,
        "another",
        door.other,
      ]);
      for (const cookie of forgeries) {
        const status = await ask(open.url, cookie, method, request);
        expect([method, route, cookie, status]).toEqual([method, route, cookie, door.nobody]);
      }
      const closedStatus = await ask(closed.url, owner.cookie(), method, request);
      expect([method, route, "no code", closedStatus]).toEqual([method, route, "no code", door.noCode]);
    }
  });

  await test.step("tokens that are not this generation's", async () => {
    for (const token of [owned.unshared, owned.othersToken, "A".repeat(22), "", "x"]) {
      const query = `t=${token}&g=${owned.id}`;
      for (const cookie of ["", other]) {
        for (const way of [
          `/api/generations/${owned.id}/events?${query}`,
          `/api/generations/${owned.id}/outputs/0?${query}`,
          `/g/${owned.id}?${query}`,
          `/api/uploads/${owned.sha}?${query}`,
          `/api/uploads/${owned.sha}?thumb&${query}`,
        ]) {
          expect([way, await ask(open.url, cookie, "GET", { path: way })]).toEqual([way, 404]);
        }
      }
    }
  });

  await test.step("actions", async () => {
    for (const name of builtActions()) {
      const action = ACTIONS[name];
      if (!action || action === "own") continue;
      const args = action.args(owned);
      for (const cookie of forgeries)
        expect([name, await act(open.url, cookie, name, args)]).toEqual([name, "no_visitor"]);
      expect([name, await act(closed.url, owner.cookie(), name, args)]).toEqual([name, "no_access"]);
      expect([name, await act(open.url, other, name, args)]).toEqual([name, action.other]);
    }
    const stolen = { prompt: "x", image_urls: [`upload:${owned.sha}`] };
    const press = [{ id: crypto.randomUUID(), model: "viduq3-pro", input: stolen }];
    expect(await act(open.url, other, "submitGenerations", [press])).toBe("invalid_input");
  });

  await test.step("with the code everything is as without one", async () => {
    const wentIn = await tryCode(closed.url, CODE, owner.cookie());
    const code = wentIn.headers
      .getSetCookie()
      .find((line) => line.startsWith("mv_access="))
      ?.split(";")[0];
    const statusOf = async (way: string, cookie: string) => {
      const answer = await fetch(`${closed.url}${way}`, { headers: { Cookie: cookie } });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await statusOf(`/api/generations/${owned.id}/outputs/0`, `${owner.cookie()}; ${code}`)).toBe(200);
    expect(await statusOf(`/g/${owned.id}`, `${owner.cookie()}; ${code}`)).toBe(200);
    expect(await statusOf(`/api/generations/${owned.id}/outputs/0`, `${other}; ${code}`)).toBe(404);
    expect(await statusOf(`/api/generations/${owned.id}/outputs/0`, `${code}`)).toBe(401);
  });

  await test.step("writes that another site sends", async () => {
    const { port } = new URL(open.url);
    for (const headers of [
      { Origin: "https://example.com" },
      { Origin: "null" },
      { Origin: `http://localhost:${port}` },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "cross-site", Origin: open.url },
    ] as Record<string, string>[]) {
      for (const { method, sent, route, door } of doors) {
        if (!door || method === "GET" || method === "HEAD" || !route.startsWith("/api/")) continue;
        const { path: way, body } = { ...sent, ...door.of?.(owned) } as Sent;
        const answer = await owner.fetch(way, { method, body, headers });
        expect([method, way, headers, answer.status]).toEqual([method, way, headers, 403]);
      }
      const action = {
        "Next-Action": idOfAction("setFavorite"),
        "Content-Type": "text/plain;charset=UTF-8",
        ...headers,
      };
      const answer = await owner.fetch("/", {
        method: "POST",
        headers: action,
        body: JSON.stringify([owned.id, true]),
      });
      expect([headers, answer.status]).toEqual([headers, 403]);
    }
  });

  expect(await owner.generation(owned.id)).toEqual(before);
  expect((await owner.fetch(`/api/uploads/${owned.sha}`)).status).toBe(200);
});
