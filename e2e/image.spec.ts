import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { test as base, expect } from "@playwright/test";
import { type LaidOut, layOutImage, readImage } from "./fixtures/image";
import { mp4 } from "./fixtures/media-files";
import { type Playground, type PlaygroundOptions, ROOT, startPlayground } from "./fixtures/server";
import { newVisitor } from "./fixtures/visitor";

type Start = (options?: PlaygroundOptions) => Promise<Playground>;

/** The image as the Dockerfile makes it, without a container around it. No browser is needed here. */
const test = base.extend<{ start: Start }, { image: LaidOut }>({
  image: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const image = layOutImage();
      await use(image);
      image.remove();
    },
    { scope: "worker" },
  ],
  start: async ({ image }, use) => {
    const started: Playground[] = [];
    await use(async (options) => {
      const playground = await startPlayground({ ...options, program: image.program });
      started.push(playground);
      return playground;
    });
    for (const playground of started) await playground.stop();
  },
});

const run = promisify(execFile);

async function isHealthyInside({ healthCheck }: LaidOut, env: Record<string, string>): Promise<boolean> {
  const options = { cwd: healthCheck.cwd, env: { ...healthCheck.env, ...env, NODE_ENV: "production" as const } };
  return run(process.execPath, healthCheck.args, options).then(
    () => true,
    () => false,
  );
}

test("starts as somebody who owns nothing but the data, and is told to be healthy", async ({ start, image }) => {
  const { user, volume, port, env } = readImage();
  expect({ user, volume, port, data: env.DATA_DIR }).toEqual({
    user: "node",
    volume: "/data",
    port: "3000",
    data: volume,
  });
  const playground = await start();
  const health = await fetch(`${playground.url}/api/health`);
  expect(await health.json()).toMatchObject({ ok: true, upstream: "sandbox", database: "sqlite" });
  const place = { PORT: new URL(playground.url).port, HOST: "127.0.0.1" };
  expect(await isHealthyInside(image, place)).toBe(true);
  await playground.kill();
  expect(await isHealthyInside(image, place)).toBe(false);
});

test("serves what a page needs, and reads files by their path", async ({ start }) => {
  const playground = await start();
  const page = await (await fetch(playground.url)).text();
  const needed = [...page.matchAll(/(?:src|href)="(\/(?:_next\/static|icon|sample)[^"]+)"/g)].map(
    ([, address]) => address,
  );
  expect(needed.length).toBeGreaterThan(3);
  for (const address of [...new Set(needed), "/sample/dancer.mp4"]) {
    const answer = await fetch(`${playground.url}${address}`);
    expect([address, answer.status]).toEqual([address, 200]);
    await answer.body?.cancel();
  }
  // A clip is read in a thread that is started by its path, and with the packages that thread imports.
  const visitor = await newVisitor(playground.url);
  expect(await visitor.upload(mp4(), "clip.mp4", "video/mp4")).toMatchObject({ kind: "video", mime: "video/mp4" });
});

test("with a key, and nothing that bounds what is spent, says why nobody can reach it", async ({ start }) => {
  const key = "mv_live_image_spec";
  const playground = await start({
    env: { MINDVIDEO_API_KEY: key, MINDVIDEO_BASE_URL: "http://127.0.0.1:9", HOST: "" },
  });
  expect(playground.output()).toContain("Only this machine can reach it");
  expect(playground.output()).not.toContain(key);
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const { port } = new URL(playground.url);
  for (const { address } of addresses.filter(({ internal, family }) => !internal && family === "IPv4")) {
    await expect(fetch(`http://${address}:${port}/api/health`)).rejects.toThrow();
  }
});

test("holds what it runs and nothing else", ({ image }) => {
  const files = readdirSync(image.folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(image.folder, path.join(entry.parentPath, entry.name)));
  const ours = files.filter((file) => !/^(node_modules|\.next|public)\//.test(file));
  // Sources, notes, tests and settings would be there because a path is put together where the build cannot follow it:
  // `path.join(/* turbopackIgnore: true */ ...)` says that it leads out of the project.
  expect(
    ours.filter((file) => !/^(package\.json|server\.js|scripts\/\w+\.mjs|lib\/.+\.(mjs|webp|json))$/.test(file)),
  ).toEqual([]);
  expect(files.filter((file) => path.basename(file).startsWith(".env"))).toEqual([]);
});

test("the compose file holds no secret and starts without none", () => {
  const compose = readFileSync(path.join(ROOT, "compose.yaml"), "utf8");
  const asked = [...compose.matchAll(/\$\{(\w+)([^}]*)\}/g)].map(([, name, rest]) => [name, rest?.startsWith(":?")]);
  expect(new Set(asked.map(String))).toEqual(new Set(["POSTGRES_PASSWORD,true"]));
  for (const [, value] of compose.matchAll(/^ +\w*(?:PASSWORD|SECRET|KEY|TOKEN|CODE)\w*: *(.+)/gm))
    expect(value).toMatch(/^\$\{/);
});
