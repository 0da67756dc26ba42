import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { freePort, noSettings, ROOT } from "./fixtures/server";

type Run = { output(): string; ended: Promise<number | null>; signal(name: NodeJS.Signals): void };

/** `npm start` without npm, in a process group of its own as a terminal gives it. No browser is needed here. */
const test = base.extend<{ start(env: Record<string, string>): Run; port: number }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  port: async ({}, use) => use(await freePort()),
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  start: async ({}, use) => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "playground-start-"));
    const children: ChildProcess[] = [];
    const toGroup = (child: ChildProcess, name: NodeJS.Signals) => {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name);
    };
    await use((env) => {
      const child = spawn(process.execPath, ["scripts/start.mjs"], {
        cwd: ROOT,
        detached: true,
        env: { ...process.env, ...noSettings(), DATA_DIR: dataDir, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      children.push(child);
      const chunks: string[] = [];
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(String(chunk)));
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      return { output: () => chunks.join(""), ended, signal: (name) => toGroup(child, name) };
    });
    for (const child of children) toGroup(child, "SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  },
});

const listen = (port: number, host: string) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });

const isOneSentence = /^[A-Z][^\n]*\.\n$/;

test("starts on the sandbox, says where it is, and stops on Ctrl-C", async ({ start, port }) => {
  const run = start({ PORT: String(port) });
  await expect.poll(run.output, { timeout: 50_000 }).toContain(`MindVideo Playground is at http://localhost:${port}\n`);
  expect(run.output()).toContain("The sandbox answers in MindVideo's place");
  expect(await (await fetch(`http://127.0.0.1:${port}/api/health`)).json()).toMatchObject({ upstream: "sandbox" });
  run.signal("SIGINT");
  expect(await run.ended).toBe(0);
  (await listen(port, "0.0.0.0")).close();
});

const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4");

test("with a key and nothing that keeps the bill in bounds only this machine can reach it", async ({ start, port }) => {
  const key = "mv_live_start_spec";
  const vendor = { MINDVIDEO_API_KEY: key, MINDVIDEO_BASE_URL: "http://127.0.0.1:9" };
  const run = start({ PORT: String(port), HOST: "0.0.0.0", SPEND_LIMIT_VISITOR_DAILY: "1", ...vendor });
  await expect.poll(run.output, { timeout: 50_000 }).toContain("Only this machine can reach it, whatever HOST says");
  for (const said of ["MindVideo is used", "set ACCESS_CODE", "SPEND_LIMIT_DAILY", "is not enough"]) {
    expect(run.output()).toContain(said);
  }
  expect(run.output()).not.toContain(key);
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  for (const { address } of outside) {
    await expect(fetch(`http://${address}:${port}/api/health`)).rejects.toThrow();
  }
  run.signal("SIGTERM");
  expect(await run.ended).toBe(0);

  const opened = start({ PORT: String(port), ACCESS_CODE: "harbour light", ...vendor });
  await expect.poll(opened.output, { timeout: 50_000 }).toContain("MindVideo is used");
  expect(opened.output()).not.toContain("Only this machine");
  for (const { address } of outside) {
    expect((await fetch(`http://${address}:${port}/`, { redirect: "manual" })).status).toBe(307);
  }
  opened.signal("SIGTERM");
  expect(await opened.ended).toBe(0);
});

test("a busy port is one sentence that names another one", async ({ start, port }) => {
  const other = await listen(port, "127.0.0.1");
  const run = start({ PORT: String(port) });
  expect(await run.ended).toBe(1);
  other.close();
  expect(run.output()).toMatch(isOneSentence);
  expect(run.output()).toContain(`Port ${port} is in use`);
  expect(run.output()).toContain(`PORT=${port + 1} npm start`);
});

test("a PORT that is none is one sentence", async ({ start }) => {
  const run = start({ PORT: "80a" });
  expect(await run.ended).toBe(1);
  expect(run.output()).toMatch(isOneSentence);
});

test("a wrong environment names every wrong variable and shows no value", async ({ start, port }) => {
  const run = start({ PORT: String(port), PUBLIC_URL: "mv_live_misplaced", VENDOR_RPS: "many" });
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain("The environment is not right:\n");
  expect(run.output()).toContain("PUBLIC_URL: an https:// address\n");
  expect(run.output()).toContain("VENDOR_RPS: a whole number above 0\n");
  expect(run.output()).not.toMatch(/mv_live_misplaced|many| {4}at /);
});
