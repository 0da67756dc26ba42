import { test as base, expect } from "@playwright/test";
import { type Playground, startPlayground } from "../fixtures/server";
import { idOfAction } from "../fixtures/visitor";
import { send, type WireRequest } from "./wire";

/** What the fuzzer found once, so that it is not found again. */
const test = base.extend<object, { playground: Playground }>({
  playground: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const playground = await startPlayground();
      await use(playground);
      await playground.stop();
    },
    { scope: "worker" },
  ],
});

// One server for all of them, which is asked at the end what it has said.
test.describe.configure({ mode: "default" });

const PATIENCE_MS = 10_000;
const plain: WireRequest = {
  method: "GET",
  target: "/",
  headers: [["Host", "127.0.0.1"]],
  body: Buffer.alloc(0),
  length: "true",
  cutAt: null,
};
const ask = (playground: Playground, request: Partial<WireRequest>) =>
  send({ ...plain, ...request }, new URL(playground.url), PATIENCE_MS);

for (const target of [
  "/%",
  "/api/generations/%/events",
  "/api/uploads/%E0%A4",
  "/u/%zz",
  "/sandbox/api/v1/%ED%A0%80",
  "/g/%",
  "/%61pi/uploads/%",
]) {
  test(`an address that cannot be decoded is a bad request: ${target}`, async ({ playground }) => {
    const { status, body } = await ask(playground, { target });
    expect([status, body]).toEqual([400, expect.stringContaining("Nothing was done.")]);
  });
}

test("a good address with a percent sign still leads to its route", async ({ playground }) => {
  expect(await ask(playground, { target: "/api/uploads/a%2Fb" })).toMatchObject({ status: 401 });
});

/** Posts as the page does, with something wrong in it. */
const calling = (body: string, headers: WireRequest["headers"] = []): Partial<WireRequest> => ({
  method: "POST",
  headers: [...plain.headers, ["Next-Action", idOfAction("setFavorite")], ["Content-Type", "text/plain"], ...headers],
  body: Buffer.from(body),
});
const POSTS: [about: string, status: number, body: string, headers?: WireRequest["headers"]][] = [
  ["no JSON", 400, "["],
  ["nothing", 400, ""],
  ["no list", 400, "{}"],
  ["a reference to nothing", 400, '["$1"]'],
  ["a list deeper than any input", 400, "[".repeat(50_000)],
  ["too much", 413, `["${"x".repeat(1_100_000)}"]`],
  ["from no place", 400, "[]", [["Origin", "::"]]],
  ["what an action can refuse by itself", 200, "[null, {}]"],
];
for (const [about, status, body, headers] of POSTS) {
  test(`a call of an action with ${about} is a ${status}`, async ({ playground }) => {
    expect((await ask(playground, calling(body, headers))).status).toBe(status);
  });
}

test("an action is read and refused as everywhere where no page is", async ({ playground }) => {
  const unreadable: WireRequest["headers"] = [
    ["Host", "127.0.0.1"],
    ["Content-Type", "multipart/form-data; boundary=x"],
  ];
  for (const target of ["/sample/x", "/_next/x", "/favicon.ico", "/api/x", "/sandbox/x", "/u/x/y"]) {
    const form = await ask(playground, { method: "POST", target, headers: unreadable, body: Buffer.from("no form") });
    const stranger = await ask(playground, { target, ...calling("[null]", [["Origin", "https://stranger.example"]]) });
    expect([target, form.status, stranger.status]).toEqual([target, 400, 403]);
  }
});

test("a code that comes without its form is no fault of the server", async ({ playground }) => {
  const headers: WireRequest["headers"] = [
    ["Host", "127.0.0.1"],
    ["Next-Action", idOfAction("enterCode")],
  ];
  for (const more of [[], [["Upgrade", "h2c"]]] satisfies WireRequest["headers"][]) {
    const { status } = await ask(playground, { ...calling("[]"), target: "/access", headers: [...headers, ...more] });
    expect(status).toBeLessThan(500);
  }
});

test("an action for no host is a bad request", async ({ playground }) => {
  const headers: WireRequest["headers"] = [
    ["Host", ""],
    ["Next-Action", idOfAction("enterCode")],
  ];
  expect((await ask(playground, { ...calling("[]"), target: "/access", headers })).status).toBe(400);
});

test("the sandbox answers whatever it is called", async ({ playground }) => {
  for (const host of ["[::1", "", "a b"]) {
    const target = "/sandbox/api/v1/tasks/task_none";
    const { status } = await ask(playground, { target, headers: [["Host", host]] });
    expect([host, status]).toEqual([host, 401]);
  }
});

test("a body that breaks off is no fault of the server", async ({ playground }) => {
  const body = Buffer.from(JSON.stringify({ model: "viduq3-pro", input: { prompt: "x".repeat(300_000) } }));
  const headers: WireRequest["headers"] = [...plain.headers, ["Authorization", "Bearer mv_sandbox"]];
  const posted = { method: "POST", target: "/sandbox/api/v1/tasks", headers, body };
  for (const cutAt of [1_000, 100_000, 290_000]) await ask(playground, { ...posted, cutAt });
});

test("Next's picture route is not there", async ({ playground }) => {
  const target = "/_next/image?url=%2Fsample%2Ftea.webp&w=640&q=75";
  expect((await ask(playground, { target })).status).toBe(404);
});

// Known, and none of ours: docs/deploy.md tells the proxy in front to refuse both. When Next mends it, so do we.
test("Next's own faults are these, and tell nothing", async ({ playground }) => {
  const traced = await ask(playground, { method: "TRACE", target: "/api/health" });
  const patched = await ask(playground, { method: "PATCH", target: "/sample/tea.webp" });
  expect([traced.status, patched.status]).toEqual([500, 500]);
  for (const { body } of [traced, patched]) expect(body).not.toMatch(/Error:|\bat |node_modules/);
});

test("none of it was met with surprise", ({ playground }) => {
  expect(playground.output()).not.toMatch(/unhandled|_failed"|"level":50|SyntaxError|redirect response/i);
});
