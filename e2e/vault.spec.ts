import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { startIngest } from "./fixtures/ingest";
import { newDataDir, type Playground, startPlayground } from "./fixtures/server";
import { startVendor, type Vendor } from "./fixtures/vendor";
import { clipOf, recipeOf } from "./fixtures/vendor-files";
import { grow, type HeldFile } from "./fixtures/vendor-held";
import { newVisitor, shaOf, type Visitor } from "./fixtures/visitor";

// Our own copies of outputs, over HTTP: every file here lies at a vendor that the test holds in its hand.

const MB = 1024 * 1024;
// The killed server's claim has to run out before another goes on.
const CLAIM_MS = 45_000;
const METRICS_TOKEN = "token-for-the-metrics-of-this-test";

type Fixtures = { vendor: Vendor; film: Buffer };

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  vendor: async ({}, use) => {
    const vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
    await use(vendor);
    await vendor.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  film: async ({}, use) => use(await clipOf(recipeOf({ duration: 1, resolution: "540p" }))),
});

/** Presses for a film that is this file at the vendor, and waits for its end. Returns the generation's id. */
async function make(vendor: Vendor, visitor: Visitor, name: string, file: Partial<HeldFile> & { bytes: Buffer }) {
  const url = vendor.held.put(name, file);
  vendor.ending({ prompt: name, status: "succeeded", answer: { output: { videos: [{ url }] } } });
  const pressed = await visitor.press({ model: "viduq3-pro", input: { prompt: name } });
  if (!pressed.ok) throw new Error(pressed.error.code);
  const { id } = pressed.value;
  await expect.poll(async () => (await visitor.generation(id))?.status).toBe("succeeded");
  return id;
}

const keepOf = async (visitor: Visitor, id: string) => (await visitor.generation(id))?.outputs[0]?.keep;
const kept = (visitor: Visitor, id: string, timeout = 10_000) =>
  expect.poll(() => keepOf(visitor, id), { timeout }).toEqual({ state: "kept" });
const fileOf = (visitor: Visitor, id: string, init?: RequestInit, query = "") =>
  visitor.fetch(`/api/generations/${id}/outputs/0${query}`, init);
const hashOf = async (visitor: Visitor, id: string) =>
  shaOf(new Uint8Array(await (await fileOf(visitor, id)).arrayBuffer()));

/** The names of the files in a server's vault that are about this generation. */
function filesOf(dataDir: string, id: string): string[] {
  const folder = path.join(dataDir, "vault", id.slice(0, 2));
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(id)) : [];
}

test("ranges and conditions are answered the same by our copy and through MindVideo's link", async ({
  vendor,
  film,
}) => {
  const modified = new Date(Date.UTC(2026, 10, 1, 12, 0, 0));
  const playground = await startPlayground({ env: { ...vendor.env, VAULT_MAX_BYTES: String(3 * MB) } });
  const visitor = await newVisitor(playground.url);
  const [copied, linked] = [grow(film, 2 * MB, 3), grow(film, 4 * MB, 5)];
  const copy = await make(vendor, visitor, "copied", { bytes: copied, etag: '"copied"', modified });
  const link = await make(vendor, visitor, "linked", { bytes: linked, etag: '"linked"', modified });
  await kept(visitor, copy);
  await expect.poll(() => keepOf(visitor, link)).toEqual({ state: "link", why: "too_large" });

  for (const [id, name, bytes] of [
    [copy, "copied", copied],
    [link, "linked", linked],
  ] as const) {
    const size = bytes.length;
    const asked = vendor.held.requests("copied").length;
    const [etag, date, older] = [`"${name}"`, modified.toUTCString(), new Date(0).toUTCString()];
    type Row = [Record<string, string>, number, [number, number] | null];
    const table: Row[] = [
      [{}, 200, [0, size - 1]],
      [{ range: "bytes=0-" }, 206, [0, size - 1]],
      [{ range: "bytes=0-0" }, 206, [0, 0]],
      [{ range: "bytes=100-199" }, 206, [100, 199]],
      [{ range: `bytes=${size - 1}-` }, 206, [size - 1, size - 1]],
      [{ range: `bytes=500-${size + 500}` }, 206, [500, size - 1]],
      [{ range: "bytes=-100" }, 206, [size - 100, size - 1]],
      [{ range: `bytes=-${size + 1}` }, 206, [0, size - 1]],
      [{ range: "Bytes=1-2" }, 206, [1, 2]],
      [{ range: `bytes=${size}-` }, 416, null],
      [{ range: `bytes=${size + 5}-${size + 9}` }, 416, null],
      [{ range: "bytes=-0" }, 416, null],
      // What nobody can read, and several at once, mean the whole file.
      [{ range: "bytes=5-2" }, 200, [0, size - 1]],
      [{ range: "bytes=0-1,5-6" }, 200, [0, size - 1]],
      [{ range: "bytes=-" }, 200, [0, size - 1]],
      [{ range: "bytes=a-b" }, 200, [0, size - 1]],
      [{ range: "seconds=1-2" }, 200, [0, size - 1]],
      [{ range: "bytes=7-9", "if-range": etag }, 206, [7, 9]],
      [{ range: "bytes=7-9", "if-range": date }, 206, [7, 9]],
      [{ range: "bytes=7-9", "if-range": '"other"' }, 200, [0, size - 1]],
      [{ range: "bytes=7-9", "if-range": `W/${etag}` }, 200, [0, size - 1]],
      [{ range: "bytes=7-9", "if-range": older }, 200, [0, size - 1]],
      [{ range: `bytes=${size}-`, "if-range": '"other"' }, 200, [0, size - 1]],
      [{ "if-none-match": etag }, 304, null],
      [{ "if-none-match": `"other", W/${etag}` }, 304, null],
      [{ "if-none-match": "*" }, 304, null],
      [{ "if-none-match": '"other"' }, 200, [0, size - 1]],
      [{ "if-none-match": '"other"', "if-modified-since": date }, 200, [0, size - 1]],
      [{ "if-modified-since": date }, 304, null],
      [{ "if-modified-since": older }, 200, [0, size - 1]],
      [{ range: "bytes=7-9", "if-none-match": etag }, 304, null],
    ];
    for (const [headers, status, slice] of table) {
      for (const method of ["GET", "HEAD"]) {
        const about = `${method} ${name} ${JSON.stringify(headers)}`;
        const answered = await fileOf(visitor, id, { method, headers });
        const got = (header: string) => answered.headers.get(header);
        expect(answered.status, about).toBe(status);
        expect([got("etag"), got("last-modified")], about).toEqual([etag, date]);
        expect([got("accept-ranges"), got("x-content-type-options")], about).toEqual(["bytes", "nosniff"]);
        expect(got("content-security-policy"), about).toBe("sandbox; default-src 'none'");
        expect(got("content-range"), about).toBe(
          { 206: `bytes ${slice?.[0]}-${slice?.[1]}/${size}`, 416: `bytes */${size}` }[status] ?? null,
        );
        const body = Buffer.from(await answered.arrayBuffer());
        if (slice) {
          const wanted = bytes.subarray(slice[0], slice[1] + 1);
          expect([got("content-length"), got("content-type")], about).toEqual([String(wanted.length), "video/mp4"]);
          expect(got("content-disposition"), about).toBe("inline");
          expect(body.equals(method === "HEAD" ? Buffer.alloc(0) : wanted), about).toBe(true);
        } else {
          expect(body.length, about).toBe(0);
        }
      }
    }
    const saved = await fileOf(visitor, id, { method: "HEAD" }, "?download");
    expect(saved.headers.get("content-disposition")).toMatch(
      /^attachment; filename="viduq3-pro-(copied|linked)-\w{6}\.mp4"$/,
    );
    // Nothing that is kept here is asked of MindVideo again.
    if (name === "copied") expect(vendor.held.requests("copied").length).toBe(asked);
  }
  await playground.stop();
});

test("of two servers one copies, a killed one leaves no half file, and the other goes on where it broke off", async ({
  vendor,
  film,
}) => {
  test.setTimeout(120_000);
  const dataDir = newDataDir();
  const env = { ...vendor.env, METRICS_TOKEN };
  const [first, second] = [await startPlayground({ env, dataDir }), await startPlayground({ env, dataDir })];
  const visitor = await newVisitor(first.url);
  const bytes = grow(film, 24 * MB);
  const id = await make(vendor, visitor, "slow", { bytes, holdAt: 20 * MB });
  const copier = () => vendor.held.requests("slow");
  await vendor.held.until(() => copier()[0]?.sent === 20 * MB);

  await test.step("one copies, however often the others look", async () => {
    const rounds = async ({ url }: Playground) => {
      const told = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
      return Number(/sweep_rounds_total\{chore="copies",result="done"\} (\d+)/.exec(await told.text())?.[1] ?? 0);
    };
    const before = [await rounds(first), await rounds(second)] as const;
    await expect.poll(() => rounds(first), { timeout: 20_000 }).toBeGreaterThan(before[0] + 1);
    await expect.poll(() => rounds(second), { timeout: 20_000 }).toBeGreaterThan(before[1] + 1);
    expect(copier()).toHaveLength(1);
    expect(await keepOf(visitor.at(second.url), id)).toEqual({ state: "pending" });
  });

  await test.step("a kill leaves a part that nobody is served", async () => {
    // Whichever of the two has it: the claim was won by one of them.
    await first.kill();
    await second.kill();
    expect(filesOf(dataDir, id).every((name) => name.includes(".part"))).toBe(true);
    expect(filesOf(dataDir, id)).toContain(`${id}-0.part`);
    vendor.held.set("slow", { holdAt: null });
    await second.restart();
    expect(await hashOf(visitor.at(second.url), id)).toBe(shaOf(bytes));
  });

  await test.step("the other asks for the rest, and the copy is the very file", async () => {
    await kept(visitor.at(second.url), id, CLAIM_MS);
    const resumed = copier().filter(({ ifRange, range }) => ifRange === '"first"' && range?.endsWith("-"));
    expect(resumed).toHaveLength(1);
    expect(Number(/\d+/.exec(resumed[0]?.range ?? "")?.[0])).toBeGreaterThanOrEqual(8 * MB);
    expect(filesOf(dataDir, id)).toEqual([`${id}-0`]);
    expect(shaOf(readFileSync(path.join(dataDir, "vault", id.slice(0, 2), `${id}-0`)))).toBe(shaOf(bytes));
    vendor.held.set("slow", { status: 404 });
    expect(await hashOf(visitor.at(second.url), id)).toBe(shaOf(bytes));
  });
  for (const server of [first, second]) await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a disk that is full in the middle is told once, and the video still plays", async ({ vendor, film }) => {
  // The system refuses to let a file grow beyond 12 MB (24 where a block is 1 KB), as a full disk would, for any user.
  const playground = await startPlayground({ env: vendor.env, limits: "ulimit -f 24576" });
  const visitor = await newVisitor(playground.url);
  const ids: string[] = [];
  for (const name of ["first big one", "second big one"]) {
    const bytes = grow(film, 28 * MB, name.length);
    const id = await make(vendor, visitor, name, { bytes });
    await expect.poll(() => keepOf(visitor, id)).toEqual({ state: "link", why: "full" });
    expect(await hashOf(visitor, id)).toBe(shaOf(bytes));
    expect(filesOf(playground.dataDir, id)).toEqual([]);
    ids.push(id);
  }
  expect(playground.output().match(/"event":"vault_full"/g)).toHaveLength(1);
  const small = await make(vendor, visitor, "small", { bytes: grow(film, MB) });
  await kept(visitor, small);
  expect(await keepOf(visitor, ids[0] ?? "")).toEqual({ state: "link", why: "full" });
  await playground.stop();
});

test("what makes room says so and plays from its link; a star keeps; a file that vanished is fetched anew", async ({
  vendor,
  film,
}) => {
  const playground = await startPlayground({ env: { ...vendor.env, VAULT_MAX_BYTES: String(5 * MB) } });
  const visitor = await newVisitor(playground.url);
  const film2 = (seed: number) => grow(film, 2 * MB, seed);
  const starred = await make(vendor, visitor, "one", { bytes: film2(1) });
  await kept(visitor, starred);
  await visitor.call("setFavorite", starred, true);
  const plain = await make(vendor, visitor, "two", { bytes: film2(2) });
  await kept(visitor, plain);
  const last = await make(vendor, visitor, "three", { bytes: film2(3) });
  await kept(visitor, last);
  expect(await keepOf(visitor, starred)).toEqual({ state: "kept" });
  expect(await keepOf(visitor, plain)).toEqual({ state: "link", why: "dropped" });
  expect(filesOf(playground.dataDir, plain)).toEqual([]);
  expect(await hashOf(visitor, plain)).toBe(shaOf(film2(2)));
  vendor.held.set("two", { status: 410 });
  expect((await fileOf(visitor, plain)).status).toBe(410);

  await playground.kill();
  const file = path.join(playground.dataDir, "vault", last.slice(0, 2), `${last}-0`);
  rmSync(file);
  await playground.restart();
  expect(await hashOf(visitor, last)).toBe(shaOf(film2(3)));
  await kept(visitor, last);
  expect(existsSync(file)).toBe(true);
  await playground.stop();
});

test("with UploadThing a copy lies there, plays from there, and is deleted there", async ({ vendor, film }) => {
  const ingest = await startIngest();
  const playground = await startPlayground({ env: { ...vendor.env, ...ingest.env } });
  const visitor = await newVisitor(playground.url);
  const bytes = grow(film, 6 * MB);
  const id = await make(vendor, visitor, "hosted", { bytes });
  await kept(visitor, id, 20_000);
  expect(ingest.files().map((file) => [file.type, file.bytes.equals(bytes)])).toEqual([["video/mp4", true]]);
  // Its note of how far it came goes last.
  await expect.poll(() => filesOf(playground.dataDir, id)).toEqual([]);
  vendor.held.set("hosted", { status: 404 });
  expect(await hashOf(visitor, id)).toBe(shaOf(bytes));
  const part = await fileOf(visitor, id, { headers: { range: "bytes=-100" } });
  expect([part.status, part.headers.get("content-range")]).toEqual([
    206,
    `bytes ${bytes.length - 100}-${bytes.length - 1}/${bytes.length}`,
  ]);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(-100))).toBe(true);
  const [{ key } = { key: "" }] = ingest.files();
  await visitor.call("removeGeneration", id);
  await expect.poll(() => ingest.deleted()).toContain(key);
  expect((await fileOf(visitor, id)).status).toBe(404);
  await playground.stop();
  await ingest.close();
});

test("readers who leave, or stop reading, hold nothing open and fill no memory", async ({ vendor, film }) => {
  const size = 48 * MB;
  const playground = await startPlayground({
    env: { ...vendor.env, VAULT_MAX_BYTES: String(size + MB) },
    // Far fewer open files than there are readers.
    limits: "ulimit -n 160",
  });
  const visitor = await newVisitor(playground.url);
  const copy = await make(vendor, visitor, "copied", { bytes: grow(film, size, 3) });
  await kept(visitor, copy, 20_000);
  const link = await make(vendor, visitor, "linked", { bytes: grow(film, size + 2 * MB, 5) });
  await expect.poll(() => keepOf(visitor, link)).toEqual({ state: "link", why: "too_large" });
  const linked = vendor.held.requests("linked");

  for (const id of [copy, link]) {
    for (let round = 0; round < 20; round++) {
      const leave = new AbortController();
      const leaving = Array.from({ length: 10 }, async (_, at) => {
        const answered = await fileOf(visitor, id, { signal: leave.signal, headers: { range: `bytes=${at}-` } });
        await answered.body?.getReader().read();
      });
      await Promise.all(leaving);
      leave.abort();
    }
    const whole = await fileOf(visitor, id, { headers: { range: "bytes=0-99" } });
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([206, 100]);
  }
  await expect
    .poll(() => linked.filter(({ end }) => end === null).length, { message: "connections left open" })
    .toBe(0);

  await test.step("one who stops reading stops the vendor too", async () => {
    const seen = linked.length;
    const leave = new AbortController();
    const answered = await fileOf(visitor, link, { signal: leave.signal });
    const reader = answered.body?.getReader();
    await reader?.read();
    const sent = () => linked[seen]?.sent ?? 0;
    // It has come to rest when nothing more goes out between two looks.
    let before = -1;
    await expect
      .poll(
        () => {
          const isResting = sent() === before;
          before = sent();
          return isResting;
        },
        { intervals: [300] },
      )
      .toBe(true);
    expect(sent()).toBeLessThan(size / 2);
    leave.abort();
  });
  await playground.stop();
});
