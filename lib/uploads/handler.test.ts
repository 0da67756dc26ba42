import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { UploadRow } from "@/lib/db/schema";
import { previewPicture, serveUpload } from "@/lib/uploads/handler";
import { uploadFile } from "@/lib/uploads/store";

let origin: string;
let server: http.Server;
const files = new Map<string, Buffer | string>();

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const file = files.get(request.url ?? "");
    // Every type is a lie here: only the bytes count.
    response.writeHead(file === undefined ? 404 : 200, { "Content-Type": "image/png" }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const paint = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 60, b: 20, alpha: 0.5 } } });

async function preview(path: string, file: Buffer | string) {
  files.set(path, file);
  return previewPicture(`${origin}${path}`, [origin]);
}

async function shown(path: string, file: Buffer) {
  const answer = await preview(path, file);
  if (!answer.ok) throw new Error(answer.message);
  const { width, height, format, exif, orientation } = await sharp(answer.bytes).metadata();
  return { type: answer.type, width, height, format, exif, orientation };
}

test("a large picture comes back small, in its own ratio, as JPEG", async () => {
  const file = await paint(2_000, 1_000).webp().toBuffer();
  expect(await shown("/large", file)).toMatchObject({ type: "image/jpeg", format: "jpeg", width: 512, height: 256 });
});

test("a small one is not blown up, and a transparent one stays so", async () => {
  const file = await paint(40, 30, 4).png().toBuffer();
  expect(await shown("/small", file)).toMatchObject({ type: "image/png", format: "png", width: 40, height: 30 });
});

test("a picture taken sideways is turned upright, and where it was taken is left out", async () => {
  const file = await paint(400, 200)
    .withExif({ IFD0: { Copyright: "somebody" }, IFD3: { GPSLatitudeRef: "N" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const answer = await shown("/sideways", file);
  expect(answer).toMatchObject({ width: 200, height: 400 });
  expect(answer.exif).toBeUndefined();
  expect(answer.orientation).toBeUndefined();
});

test.each([
  ["no picture", "<html>", 422, /no JPEG/],
  ["nothing", "", 422, /no JPEG/],
  [
    "an SVG, which could name other files",
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    422,
    /no JPEG/,
  ],
  ["a PNG in name only", Buffer.from("\x89PNG\r\n\x1a\nnothing", "latin1"), 422, /broken/],
  ["more than 10 MB", Buffer.alloc(10 * 1024 * 1024 + 1), 413, /too large/],
])("%s is refused", async (_name, file, status, message) => {
  expect(await preview("/refused", file)).toEqual({ ok: false, status, message: expect.stringMatching(message) });
});

test("a picture of very many pixels in few bytes is refused", async () => {
  const file = await paint(8_000, 7_000).png({ compressionLevel: 9 }).toBuffer();
  expect(await preview("/bomb", file)).toMatchObject({ ok: false, status: 422 });
});

test("what is not there, not public, not https or no address is refused", async () => {
  expect(await previewPicture(`${origin}/missing`, [origin])).toMatchObject({ ok: false, status: 502 });
  expect(await previewPicture(`${origin}/large`, [])).toMatchObject({ ok: false, status: 400 });
  expect(await previewPicture("https://127.0.0.1/a.png", [origin])).toMatchObject({ ok: false, status: 400 });
  expect(await previewPicture("a picture", [])).toMatchObject({ ok: false, status: 400 });
});

test("only so many at once", async () => {
  files.set("/many", await paint(2_000, 2_000).jpeg().toBuffer());
  const answers = await Promise.all(Array.from({ length: 12 }, () => previewPicture(`${origin}/many`, [origin])));
  expect(answers.filter((answer) => answer.ok)).toHaveLength(8);
  expect(answers.filter((answer) => !answer.ok && answer.status === 503)).toHaveLength(4);
  expect((await previewPicture(`${origin}/many`, [origin])).ok).toBe(true);
});

describe("a visitor's own file", () => {
  /** A row with its file, as if it had been uploaded. */
  function row(bytes: Buffer, change: Partial<UploadRow> = {}): UploadRow {
    const kept: UploadRow = {
      ...{ sha256: randomBytes(32).toString("hex"), owner: "ab".repeat(32), kind: "image", mime: "image/png" },
      ...{ bytes: bytes.length, width: 1, height: 1, duration_ms: null, name: "a.png", created_at: 0, held_until: 0 },
      ...{ host_key: null, host_url: null },
      ...change,
    };
    mkdirSync(path.dirname(uploadFile(kept.owner, kept.sha256)), { recursive: true });
    writeFileSync(uploadFile(kept.owner, kept.sha256), bytes);
    return kept;
  }
  const ask = (of: UploadRow, headers: Record<string, string> = {}, query = "", method = "GET") =>
    serveUpload(of, new Request(`http://playground/api/uploads/${of.sha256}${query}`, { headers, method }));
  const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

  test("comes with its type, harmless, to be kept for good", async () => {
    const bytes = Buffer.from("<html>not what it says</html>");
    const file = row(bytes);
    const answer = await ask(file);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=31536000, immutable",
      "content-length": String(bytes.length),
      "content-security-policy": "sandbox; default-src 'none'",
      "content-type": "image/png",
      "cross-origin-resource-policy": "same-origin",
      etag: `"${file.sha256}"`,
      "x-content-type-options": "nosniff",
    });
    expect(await bytesOf(answer)).toEqual(bytes);
    const head = await ask(file, {}, "", "HEAD");
    expect([head.status, head.body]).toEqual([200, null]);
    expect((await ask(file, { "if-none-match": `"${file.sha256}"` })).status).toBe(304);
  });

  test.each([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=5-100", 206, "56789", "bytes 5-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=0-1,4-5", 200, "0123456789", null],
    ["pages=1", 200, "0123456789", null],
  ])("answers %s with %i", async (range, status, text, part) => {
    const answer = await ask(row(Buffer.from("0123456789"), { kind: "video", mime: "video/mp4" }), { range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([status, part]);
    expect((await bytesOf(answer)).toString()).toBe(text);
  });

  test("has a small copy when it is a picture, and none otherwise", async () => {
    const file = row(await paint(2_000, 1_000).jpeg().toBuffer(), { mime: "image/jpeg" });
    const thumb = await ask(file, {}, "?thumb");
    expect(await sharp(await bytesOf(thumb)).metadata()).toMatchObject({ format: "jpeg", width: 512, height: 256 });
    expect(thumb.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    const etag = thumb.headers.get("etag") ?? "";
    expect(etag).not.toBe(`"${file.sha256}"`);
    expect((await ask(file, { "if-none-match": etag }, "?thumb")).status).toBe(304);
    expect((await ask(row(Buffer.from("x"), { kind: "video" }), {}, "?thumb")).status).toBe(404);
  });

  test("is not there when the disk lost it", async () => {
    const file = row(Buffer.from("x"));
    rmSync(uploadFile(file.owner, file.sha256));
    for (const query of ["", "?thumb"]) expect((await ask(file, {}, query)).status).toBe(404);
  });
});
