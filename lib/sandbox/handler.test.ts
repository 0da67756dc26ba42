import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, db as openDb } from "@/lib/db/client";
import { createSandbox, type Sandbox, type SandboxOptions } from "@/lib/sandbox/handler";

const SECONDS = 8;
const SMALL = { prompt: "A lighthouse at dusk", resolution: "540p", duration: 1, audio: false };

/** The sandbox behind a real HTTP server, with a clock the test moves. */
async function serve(db: Db, dataDir: string, options: Partial<SandboxOptions> = {}) {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const sandbox = createSandbox({ db, dataDir, secondsPerTask: SECONDS, now: () => clock.now, ...options });
  const server = http.createServer(async (incoming, outgoing) => {
    const controller = new AbortController();
    outgoing.on("close", () => controller.abort());
    const hasBody = incoming.method === "POST";
    const response = await sandbox.fetch(
      new Request(`http://${incoming.headers.host}${incoming.url}`, {
        method: incoming.method,
        headers: incoming.headers as Record<string, string>,
        signal: controller.signal,
        ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing);
    else outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/api/v1`;
  return { sandbox, clock, base, close };
}

let dataDir: string;
let db: Db;
let at: Awaited<ReturnType<typeof serve>>;
let keys = 0;

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "playground-sandbox-"));
  db = await openDb();
  await db.deleteFrom("sandbox_tasks").execute();
  at = await serve(db, dataDir);
});

afterAll(() => db.destroy());

afterEach(async () => {
  await at.sandbox.idle();
  await at.close();
  rmSync(dataDir, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field, as a stranger would.
type Body = any;

const bearer = { authorization: "Bearer mv_sandbox" };

async function post(
  input: unknown,
  { key = `key-${keys++}`, model = "viduq3-pro", signal = AbortSignal.timeout(5_000) } = {},
) {
  const response = await fetch(`${at.base}/tasks`, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json", "idempotency-key": key },
    body: typeof input === "string" ? input : JSON.stringify({ model, input }),
    signal,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

async function get(where: string) {
  const response = await fetch(`${at.base}${where}`, { headers: bearer });
  return { status: response.status, body: (await response.json()) as Body };
}

const prompt = (text: string, more = {}) => ({ ...SMALL, prompt: text, ...more });

async function finish(input: unknown) {
  const { body } = await post(input);
  await at.sandbox.idle();
  at.clock.now += SECONDS * 1_000;
  return get(`/tasks/${body.task_id}`);
}

describe("the contract", () => {
  it("goes from queued to a file that can be fetched, with the documented fields", async () => {
    const submitted = await post(SMALL);
    expect(submitted.status).toBe(201);
    expect(submitted.body).toEqual({
      request_id: expect.stringMatching(/^req_[0-9a-f]{32}$/),
      task_id: expect.stringMatching(/^task_[0-9a-f]{32}$/),
      status: "queued",
      cost_estimate: 0.135,
      cost_actual: null,
      output: null,
    });
    const where = `/tasks/${submitted.body.task_id}`;
    at.clock.now += 1_500;
    expect((await get(where)).body.status).toBe("processing");
    await at.sandbox.idle();
    at.clock.now += SECONDS * 1_000 - 1_501;
    expect((await get(where)).body.status).toBe("processing");
    at.clock.now += 1;
    const done = (await get(where)).body;
    const url = `${at.base}/files/${submitted.body.task_id}.mp4`;
    expect(done).toMatchObject({ status: "succeeded", cost_actual: 0.135, output: { videos: [{ url }] } });
    const file = await fetch(url);
    expect(file.headers.get("content-type")).toBe("video/mp4");
    expect(Buffer.from(await file.arrayBuffer()).toString("latin1", 4, 8)).toBe("ftyp");
    const events = (await get(`${where}/events`)).body.events;
    expect(events.map((event: { type: string }) => event.type)).toEqual(["queued", "processing", "succeeded"]);
    expect(Date.parse(events[2].created_at) - Date.parse(events[0].created_at)).toBe(SECONDS * 1_000);
  });

  it("answers under the origin it was called at", async () => {
    const request = new Request("http://sandbox.internal/sandbox/api/v1/tasks", {
      method: "POST",
      headers: { ...bearer, "idempotency-key": "inside" },
      body: JSON.stringify({ model: "viduq3-pro", input: SMALL }),
    });
    const { task_id } = await (await at.sandbox.fetch(request)).json();
    await at.sandbox.idle();
    at.clock.now += SECONDS * 1_000;
    const answer = await at.sandbox.fetch(
      new Request(`http://sandbox.internal/sandbox/api/v1/tasks/${task_id}`, { headers: bearer }),
    );
    const { output } = await answer.json();
    expect(output.videos[0].url).toBe(`http://sandbox.internal/sandbox/api/v1/files/${task_id}.mp4`);
  });

  it.each([
    ["no key", {}, 401, "unauthorized", undefined],
    ["another key", { authorization: "Bearer mv_live_1" }, 401, "unauthorized", undefined],
    ["no Idempotency-Key", bearer, 400, "bad_request", "Idempotency-Key"],
  ])("refuses %s", async (_name, headers: Record<string, string>, status, code, field) => {
    const body = JSON.stringify({ model: "viduq3-pro", input: SMALL });
    const response = await fetch(`${at.base}/tasks`, { method: "POST", headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code, ...(field && { field }) },
      request_id: expect.any(String),
    });
  });

  it.each([
    ["a body that is not JSON", "{", 400, undefined],
    ["a body that is no object", "[]", 400, undefined],
    ["no model", '{"input":{}}', 400, "model"],
    ["no input", '{"model":"viduq3-pro"}', 400, "input"],
    ["an unknown model", '{"model":"x","input":{}}', 404, "model"],
    ["neither prompt nor image", {}, 422, "prompt"],
    ["a duration above the schema's", { ...SMALL, duration: 17 }, 422, "duration"],
    ["a resolution that is not offered", { ...SMALL, resolution: "4k" }, 422, "resolution"],
    ["three images", { image_urls: ["a", "b", "c"] }, 422, "image_urls"],
    ["a field the schema does not have", { ...SMALL, colour: 1 }, 422, "colour"],
  ])("refuses %s", async (_name, input, status, field) => {
    const { body, ...answer } = await post(input);
    expect(answer.status).toBe(status);
    expect(body.error.field).toBe(field);
    expect(body.error.message).toMatch(/\.$/);
    expect(await db.selectFrom("sandbox_tasks").selectAll().execute()).toEqual([]);
  });

  it("knows nothing of another id, path or method", async () => {
    expect((await get("/tasks/task_0")).status).toBe(404);
    expect((await get("/tasks/task_0/events")).status).toBe(404);
    expect((await get("/models")).status).toBe(404);
    expect((await fetch(`${at.base}/files/..%2F..%2Fplayground.mp4`)).status).toBe(404);
    expect((await fetch(`${at.base}/tasks/x`, { method: "DELETE", headers: bearer })).status).toBe(405);
  });

  it("counts the cost by the model's example and the length", async () => {
    expect((await post(SMALL)).body.cost_estimate).toBe(0.135);
    expect((await post({ prompt: "x" })).body.cost_estimate).toBe(0.675);
    expect((await post({ ...SMALL, duration: 16 })).body.cost_estimate).toBe(2.16);
  });
});

it("reads no more of a body than it takes", async () => {
  let [sent, isLeft] = [0, false];
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      // It would go on for ever; a reader that never stops is to fail here, and not for want of memory.
      if (sent > 64) controller.close();
      else controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
    },
    cancel() {
      isLeft = true;
    },
  });
  const init = { method: "POST", headers: bearer, body: endless, duplex: "half" };
  const refused = await at.sandbox.fetch(new Request(`${at.base}/tasks`, init));
  expect([refused.status, isLeft]).toEqual([413, true]);
  expect(sent).toBeLessThan(40);
});

describe("idempotency", () => {
  it("replays the same task for the same key and JSON, whatever the order of its keys", async () => {
    const first = await post(SMALL, { key: "one" });
    const again = await post(
      `{"input":${JSON.stringify(Object.fromEntries(Object.entries(SMALL).reverse()))},"model":"viduq3-pro"}`,
      {
        key: "one",
      },
    );
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await post(prompt("Another"), { key: "one" })).status).toBe(409);
  });

  it("makes one task of twenty requests at once, on two servers", async () => {
    const other = createSandbox({ db, dataDir, secondsPerTask: SECONDS });
    const send = async (n: number) => {
      if (n % 2 === 0) return (await post(SMALL, { key: "race" })).body.task_id;
      const request = new Request(`${at.base}/tasks`, {
        method: "POST",
        headers: { ...bearer, "idempotency-key": "race" },
        body: JSON.stringify({ model: "viduq3-pro", input: SMALL }),
      });
      return (await (await other.fetch(request)).json()).task_id;
    };
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => send(n)));
    expect(new Set(ids).size).toBe(1);
    expect(await db.selectFrom("sandbox_tasks").selectAll().execute()).toHaveLength(1);
    await other.idle();
  });
});

describe("the steering words", () => {
  it("[fail] ends failed and costs nothing", async () => {
    const { body } = await finish(prompt("A [fail] card"));
    expect(body).toMatchObject({
      status: "failed",
      cost_estimate: 0.135,
      cost_actual: 0,
      error: { message: expect.any(String) },
    });
  });

  it("[moderated] refuses the prompt", async () => {
    const { status, body } = await post(prompt("[Moderated]"));
    expect(status).toBe(422);
    expect(body).toEqual({
      error: { code: "moderated", message: expect.stringMatching(/content filter/), field: "prompt" },
      request_id: expect.any(String),
    });
  });

  it("[broke] answers 402", async () => {
    expect((await post(prompt("[broke]"))).status).toBe(402);
  });

  it("[rate-limit] refuses twice, then accepts", async () => {
    for (let n = 0; n < 2; n++) {
      const refused = await post(prompt("[rate-limit]"), { key: "limited" });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    }
    const accepted = await post(prompt("[rate-limit]"), { key: "limited" });
    expect(accepted.status).toBe(201);
    expect(await post(prompt("[rate-limit]"), { key: "limited" })).toMatchObject({ status: 200, body: accepted.body });
  });

  it("[timeout] hangs after the task was made, and the next try gets it", async () => {
    const controller = new AbortController();
    const hanging = post(prompt("[timeout]"), { key: "late", signal: controller.signal });
    await expect.poll(() => db.selectFrom("sandbox_tasks").selectAll().execute()).toHaveLength(1);
    controller.abort();
    await expect(hanging).rejects.toThrow();
    expect(await post(prompt("[timeout]"), { key: "late" })).toMatchObject({ status: 200, body: { status: "queued" } });
  });

  it("[slow] takes ten times as long", async () => {
    expect((await finish(prompt("[slow]"))).body.status).toBe("processing");
    at.clock.now += SECONDS * 9_000;
    const [{ id } = { id: "" }] = await db.selectFrom("sandbox_tasks").select("id").execute();
    expect((await get(`/tasks/${id}`)).body.status).toBe("succeeded");
  });

  it("[expired] lets the link die twenty seconds after the end", async () => {
    const { url } = (await finish(prompt("[expired]"))).body.output.videos[0];
    at.clock.now += 19_999;
    expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
    at.clock.now += 1;
    expect((await fetch(url)).status).toBe(404);
  });
});

describe("the queue", () => {
  it("holds fifty beside the one being drawn, then answers 429", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const clip = { bytes: new Uint8Array(8), width: 2, height: 2, seconds: 1 };
    const busy = await serve(db, dataDir, { render: () => gate.then(() => clip) });
    const open = at;
    at = busy;
    for (let n = 0; n < 51; n++) expect((await post(SMALL)).status).toBe(201);
    const refused = await post(SMALL, { key: "too many" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "8"]);
    release();
    await busy.sandbox.idle();
    expect((await post(SMALL, { key: "too many" })).status).toBe(201);
    await busy.sandbox.idle();
    await busy.close();
    at = open;
  });

  it("goes on after a restart", async () => {
    const never = await serve(db, dataDir, { render: () => new Promise(() => {}) });
    const body = JSON.stringify({ model: "viduq3-pro", input: SMALL });
    const headers = { ...bearer, "idempotency-key": "lost" };
    const { task_id } = await (await fetch(`${never.base}/tasks`, { method: "POST", headers, body })).json();
    await expect
      .poll(() => db.selectFrom("sandbox_tasks").select("claimed_until").executeTakeFirst())
      .toMatchObject({
        claimed_until: expect.any(Number),
      });
    await never.close();
    // The dead server's claim runs out; whoever is asked next draws the clip.
    at.clock.now += 10_000;
    expect((await get(`/tasks/${task_id}`)).body.status).toBe("processing");
    await at.sandbox.idle();
    expect((await get(`/tasks/${task_id}`)).body.status).toBe("succeeded");
  });

  it("draws a clip again when its file is gone", async () => {
    const { url } = (await finish(SMALL)).body.output.videos[0];
    const before = Buffer.from(await (await fetch(url)).arrayBuffer());
    rmSync(path.join(dataDir, "sandbox"), { recursive: true });
    const after = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(after.equals(before)).toBe(true);
  });

  it("lets a clip's link expire when its picture is gone too", async () => {
    const picture = `data:image/png;base64,${"A".repeat(5_000)}`;
    const { url } = (await finish({ ...SMALL, image_urls: [picture] })).body.output.videos[0];
    rmSync(path.join(dataDir, "sandbox"), { recursive: true });
    const gone = await fetch(url);
    expect([gone.status, (await gone.json()).error.code]).toEqual([404, "link_expired"]);
  });

  it("keeps nothing of what it refuses, and all of it once that is accepted", async () => {
    const input = { ...prompt("[rate-limit]"), image_urls: [`data:image/png;base64,${"B".repeat(5_000)}`] };
    const stored = async () => (await db.selectFrom("sandbox_tasks").select("input").execute())[0]?.input;
    const folder = path.join(dataDir, "sandbox", "media");
    expect((await post(input, { key: "pictured" })).status).toBe(429);
    expect([await stored(), existsSync(folder)]).toEqual(["{}", false]);
    await post(input, { key: "pictured" });
    expect((await post(input, { key: "pictured" })).status).toBe(201);
    expect(await stored()).toMatch(/"sandbox-file:[0-9a-f]{64}"/);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("keeps pictures out of the rows", async () => {
    const picture = `data:image/png;base64,${"A".repeat(5_000)}`;
    await post({ image_urls: [picture], resolution: "540p", duration: 1 });
    const [row] = await db.selectFrom("sandbox_tasks").select("input").execute();
    expect(row?.input).toMatch(/"sandbox-file:[0-9a-f]{64}"/);
    expect(readdirSync(path.join(dataDir, "sandbox", "media"))).toHaveLength(1);
  });
});

describe("a file", () => {
  it("can be read in parts", async () => {
    const { url } = (await finish(SMALL)).body.output.videos[0];
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const size = whole.length;
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), head.headers.get("accept-ranges")]).toEqual([
      200,
      String(size),
      "bytes",
    ]);
    const etag = head.headers.get("etag") ?? "";
    const table: [Record<string, string>, number, number, number][] = [
      [{ range: "bytes=0-0" }, 206, 0, 0],
      [{ range: "bytes=0-" }, 206, 0, size - 1],
      [{ range: "bytes=100-199" }, 206, 100, 199],
      [{ range: `bytes=10-${size * 2}` }, 206, 10, size - 1],
      [{ range: "bytes=-50" }, 206, size - 50, size - 1],
      [{ range: `bytes=-${size * 2}` }, 206, 0, size - 1],
      [{ range: "bytes=5-9", "if-range": etag }, 206, 5, 9],
      [{ range: "bytes=5-9", "if-range": '"other"' }, 200, 0, size - 1],
      [{ range: "bytes=9-5" }, 200, 0, size - 1],
      [{ range: "bytes=0-1,5-6" }, 200, 0, size - 1],
      [{ range: "lines=0-1" }, 200, 0, size - 1],
    ];
    for (const [headers, status, start, end] of table) {
      const part = await fetch(url, { headers });
      expect([headers, part.status, part.headers.get("content-length")]).toEqual([
        headers,
        status,
        String(end - start + 1),
      ]);
      expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(start, end + 1))).toBe(true);
      if (status === 206) expect(part.headers.get("content-range")).toBe(`bytes ${start}-${end}/${size}`);
    }
    for (const range of [`bytes=${size}-`, "bytes=-0"]) {
      const refused = await fetch(url, { headers: { range } });
      expect([refused.status, refused.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
    }
    expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);
  });
});

describe("two servers on one database", () => {
  it("see the same task", async () => {
    const { body } = await post(SMALL);
    const other: Sandbox = createSandbox({ db, dataDir, secondsPerTask: 1, now: () => at.clock.now });
    const answer = await other.fetch(new Request(`${at.base}/tasks/${body.task_id}`, { headers: bearer }));
    expect(await answer.json()).toMatchObject({ task_id: body.task_id, status: "queued" });
    await other.idle();
  });
});
