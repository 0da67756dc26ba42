import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import { grow } from "@/e2e/fixtures/vendor-held";
import type { GenerationRow } from "@/lib/db/schema";
import { serveOutput } from "@/lib/outputs/service";

const MP4 = Buffer.from("\0\0\0\x10ftypisom\0\0\0\0", "latin1");

let vendor: Vendor;
let other: Server;

beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
  Object.assign(process.env, vendor.env);
});
afterAll(async () => {
  await vendor.close();
  other?.close();
});

/** A task made at the vendor itself; returns the address of its file. */
async function madeFile(): Promise<string> {
  const headers = {
    Authorization: `Bearer ${vendor.env.MINDVIDEO_API_KEY}`,
    "Idempotency-Key": randomUUID(),
    "Content-Type": "application/json",
  };
  const body = JSON.stringify({ model: "viduq3-pro", input: { prompt: "A dancer.", duration: 1, resolution: "540p" } });
  const made = (await (await fetch(`${vendor.baseUrl}/tasks`, { method: "POST", headers, body })).json()) as {
    task_id: string;
  };
  return `${vendor.url}/files/${made.task_id}/0.mp4`;
}

const rowOf = (url: string): GenerationRow =>
  ({
    id: randomUUID(),
    model: "viduq3-pro",
    prompt: "A cinematic shot of a dancer",
    outputs: JSON.stringify([{ kind: "video", url }]),
  }) as GenerationRow;

const ask = (headers: Record<string, string> = {}, method = "GET", query = "") =>
  new Request(`http://playground/api/generations/x/outputs/0${query}`, { headers, method });

describe("an output", () => {
  it("is passed through whole, as what its bytes are, and can do nothing on our origin", async () => {
    const url = await madeFile();
    const [ours, theirs] = [await serveOutput(rowOf(url), 0, ask()), await fetch(url)];
    expect(ours.status).toBe(200);
    expect(ours.headers.get("content-type")).toBe("video/mp4");
    expect(ours.headers.get("x-content-type-options")).toBe("nosniff");
    expect(ours.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    expect(ours.headers.get("content-disposition")).toBe("inline");
    expect(Buffer.from(await ours.arrayBuffer()).equals(Buffer.from(await theirs.arrayBuffer()))).toBe(true);
  });

  it("is passed through in parts, so that a player can seek", async () => {
    const url = await madeFile();
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const part = await serveOutput(rowOf(url), 0, ask({ Range: "bytes=100-199" }));
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-199/${whole.length}`);
    expect(part.headers.get("content-length")).toBe("100");
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true);
    const beyond = await serveOutput(rowOf(url), 0, ask({ Range: `bytes=${whole.length}-` }));
    expect(beyond.status).toBe(416);
  });

  it("answers HEAD without a body", async () => {
    const head = await serveOutput(rowOf(await madeFile()), 0, ask({}, "HEAD"));
    expect(head.status).toBe(200);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1_000);
    expect(await head.text()).toBe("");
  });

  it("is saved under a good name", async () => {
    const row = { ...rowOf(await madeFile()), id: "1a2b3c4d-0000-4000-8000-000000000000" };
    const saved = await serveOutput(row, 0, ask({}, "GET", "?download"));
    expect(saved.headers.get("content-disposition")).toBe(
      'attachment; filename="viduq3-pro-a-cinematic-shot-of-1a2b3c.mp4"',
    );
    await saved.body?.cancel();
  });

  it.each([1, -1, 0.5, Number.NaN])("number %d of one is not there", async (index) => {
    expect((await serveOutput(rowOf(await madeFile()), index, ask())).status).toBe(404);
  });

  it("whose link has died is gone, and says so", async () => {
    const answer = await serveOutput(rowOf(`${vendor.url}/files/none/0.mp4`), 0, ask());
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ error: { code: "output_gone" } });
  });

  it("that cannot be fetched now is a 502 that gives away no address", async () => {
    const answer = await serveOutput(rowOf("https://127.0.0.1:1/secret.mp4"), 0, ask());
    expect(answer.status).toBe(502);
    expect(await answer.text()).not.toContain("127.0.0.1");
  });

  it("that cannot be fetched for a moment is not taken for something else once it can", async () => {
    const row = rowOf(await madeFile());
    vendor.next({ on: "output", status: 503 });
    expect((await serveOutput(row, 0, ask())).status).toBe(502);
    const answer = await serveOutput(row, 0, ask());
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    await answer.body?.cancel();
  });

  it("is never asked for in several parts at once, whose answer would be no video", async () => {
    const row = rowOf(await madeFile());
    const answer = await serveOutput(row, 0, ask({ Range: "bytes=0-1,5-6" }));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(vendor.requests("output").at(-1)?.headers.range).toBeUndefined();
    await answer.body?.cancel();
  });

  it("that is a page in disguise is only ever saved, never shown", async () => {
    const script = "<html><script>alert(1)</script></html>";
    vendor.next({ on: "output", status: 200, body: script, headers: { "Content-Type": "video/mp4" }, times: 2 });
    const answer = await serveOutput(rowOf(await madeFile()), 0, ask());
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename=".*\.bin"$/);
    await answer.body?.cancel();
  });

  it("is not fetched from inside our own network", async () => {
    let isAsked = false;
    other = createServer((_request, response) => {
      isAsked = true;
      response.end("secret");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const answer = await serveOutput(rowOf(`http://127.0.0.1:${port}/`), 0, ask());
    expect(answer.status).toBe(502);
    expect(isAsked).toBe(false);
  });

  it("that changed at MindVideo is served as it is now, never as parts of both", async () => {
    const [before, after] = [grow(MP4, 5_000, 1), grow(MP4, 4_000, 2)];
    const row = rowOf(vendor.held.put("changing", { bytes: before }));
    const first = await serveOutput(row, 0, ask({ Range: "bytes=100-199" }));
    expect(first.headers.get("content-range")).toBe("bytes 100-199/5000");
    vendor.held.set("changing", { bytes: after, etag: '"second"' });
    const second = await serveOutput(row, 0, ask({ Range: "bytes=100-199" }));
    expect([second.status, second.headers.get("content-range")]).toEqual([206, "bytes 100-199/4000"]);
    expect(second.headers.get("etag")).toBe('"second"');
    expect(Buffer.from(await second.arrayBuffer()).equals(after.subarray(100, 200))).toBe(true);
  });

  it.each([
    ["answers with no parts", { hasRanges: false }, "5000"],
    ["does not tell its length", { hasRanges: false, hasLength: false }, null],
  ])("whose server %s comes whole, and says that it only does", async (name, change, length) => {
    const bytes = grow(MP4, 5_000);
    const row = rowOf(vendor.held.put(name, { bytes, ...change }));
    const answer = await serveOutput(row, 0, ask({ Range: "bytes=100-199" }));
    expect([answer.status, answer.headers.get("accept-ranges")]).toEqual([200, "none"]);
    expect([answer.headers.get("content-length"), answer.headers.get("content-range")]).toEqual([length, null]);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each([
    ["more", 300, 100],
    ["less", 40, null],
  ])(
    "whose server sends %s than it says goes on no further than we said, and is never short unnoticed",
    async (_name, sent, had) => {
      const row = rowOf(await madeFile());
      const start = await serveOutput(row, 0, ask({ Range: "bytes=0-9" }));
      const size = start.headers.get("content-range")?.split("/")[1];
      await start.body?.cancel();
      const headers = { "Content-Range": `bytes 100-199/${size}` };
      vendor.next({ on: "output", status: 206, body: "x".repeat(sent), headers });
      const answer = await serveOutput(row, 0, ask({ Range: "bytes=100-199" }));
      expect([answer.status, answer.headers.get("content-length")]).toEqual([206, "100"]);
      const length = await answer.arrayBuffer().then(
        (body) => body.byteLength,
        () => null,
      );
      expect(length).toBe(had);
    },
  );

  it("has a name for its version also where MindVideo gives it none", async () => {
    const row = rowOf(vendor.held.put("nameless", { bytes: grow(MP4, 5_000), etag: null }));
    const etag = (await serveOutput(row, 0, ask({}, "HEAD"))).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    expect((await serveOutput(row, 0, ask({ "If-None-Match": etag }))).status).toBe(304);
    const part = await serveOutput(row, 0, ask({ Range: "bytes=0-9", "If-Range": etag }));
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  });
});
