import http from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { previewPicture } from "@/lib/uploads/handler";

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
