import { createHash, randomBytes } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { webMp4 } from "@/e2e/fixtures/media-files";
import { jpeg, png } from "@/e2e/fixtures/picture-files";
import { UploadError } from "@/lib/uploads/errors";
import { UPLOAD_POLICY, UPLOADS_PER_MINUTE, type UploadRefusal } from "@/lib/uploads/policy";
import { knownUploads } from "@/lib/uploads/queries";
import { readChange, readHashes, receiveUpload } from "@/lib/uploads/request";
import type { Upload } from "@/lib/uploads/schema";

let owner: string;
beforeEach(() => {
  owner = randomBytes(32).toString("hex");
});

const shaOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What lies in a visitor's folder. */
const filesOf = (whose = owner): string[] => {
  try {
    return readdirSync(path.join(process.env.DATA_DIR ?? "", "uploads", whose.slice(0, 16)));
  } catch {
    return [];
  }
};

/** As Next makes one: its body is read from an iterator, piece by piece. */
function requestOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, headers: Headers): Request {
  const body = (async function* () {
    yield* chunks;
  })();
  const init = { method: "POST", body, duplex: "half", headers };
  return new Request("http://playground/api/uploads", init as unknown as RequestInit);
}

/** Sends chunks as the body of a request that says it has `announced` bytes. */
function send(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  announced: number | null,
  headers: Record<string, string> = {},
): Promise<Upload | UploadRefusal> {
  const sent = new Headers(headers);
  if (announced !== null) sent.set("content-length", String(announced));
  return receiveUpload(requestOf(chunks, sent), owner).catch((error) => {
    if (error instanceof UploadError) return error.refusal;
    throw error;
  });
}

const sendWhole = (bytes: Buffer, headers?: Record<string, string>) => send([bytes], bytes.length, headers);

function piecesOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function nothingStays() {
  expect(filesOf()).toEqual([]);
  expect((await knownUploads(owner, [])).uploads).toEqual([]);
}

describe("a file that arrives", () => {
  it.each([1, 7, 63, 64, 65, 5_000])("is the same in pieces of %i bytes", async (size) => {
    const bytes = await jpeg(48, 32, size);
    const sha256 = shaOf(bytes);
    expect(await send(piecesOf(bytes, size), bytes.length, { "x-file-name": "beach.jpg" })).toEqual({
      ...{ ref: `upload:${sha256}`, sha256, kind: "image", mime: "image/jpeg", bytes: bytes.length },
      ...{ width: 48, height: 32, durationMs: null, name: "beach.jpg", createdAt: expect.any(Number) },
    });
    expect(filesOf()).toEqual([sha256]);
  });

  it("twice is one upload and one file, under its new name", async () => {
    const bytes = await png(40, 30);
    const first = await sendWhole(bytes, { "x-file-name": "one.png" });
    const again = await sendWhole(bytes, { "x-file-name": "two.png" });
    expect(again).toEqual({ ...first, name: "two.png" });
    expect(filesOf()).toEqual([shaOf(bytes)]);
    expect((await knownUploads(owner, [shaOf(bytes)])).uploads).toEqual([again]);
  });

  it("at the same moment from two tabs is one as well", async () => {
    const bytes = await png(44, 33);
    const both = await Promise.all([sendWhole(bytes), sendWhole(bytes)]);
    expect(both[0]).toEqual(both[1]);
    expect(filesOf()).toEqual([shaOf(bytes)]);
  });

  it("has a name that can be read whatever it was sent as", async () => {
    const nameOf = async (sent: string, seed: number) =>
      ((await sendWhole(await png(20, 20, seed), { "x-file-name": sent })) as Upload).name;
    expect(await nameOf(encodeURIComponent("海.png"), 1)).toBe("海.png");
    // What no browser sends: half an escape, half a character.
    expect(await nameOf("50%.png", 2)).toBe("50%.png");
    expect(await nameOf("%ED%A0%BD.png", 3)).toBe("%ED%A0%BD.png");
    expect(await nameOf("", 4)).toBe("Untitled");
  });
});

describe("a file that does not arrive whole", () => {
  it("leaves nothing when there are fewer bytes than announced", async () => {
    const bytes = await jpeg(300, 200);
    expect(await send([bytes.subarray(0, 900)], bytes.length)).toMatchObject({ code: "incomplete" });
    await nothingStays();
  });

  it("leaves nothing when there are more", async () => {
    const bytes = await jpeg(300, 200);
    expect(await send(piecesOf(bytes, 500), bytes.length - 700)).toMatchObject({ code: "incomplete" });
    await nothingStays();
  });

  it("leaves nothing when its connection breaks", async () => {
    const bytes = await jpeg(300, 200);
    async function* breaking() {
      yield bytes.subarray(0, 900);
      throw new Error("aborted");
    }
    expect(await send(breaking(), bytes.length)).toMatchObject({ code: "incomplete" });
    await nothingStays();
  });

  it("is asked for its length, and is not read without", async () => {
    const bytes = await jpeg(300, 200);
    expect(await send([bytes], null)).toEqual({
      code: "incomplete",
      message: "The file did not arrive whole. It was sent without a Content-Length. Send it again with one.",
    });
    expect(await send([], 0)).toMatchObject({ code: "empty" });
    await nothingStays();
  });

  it("is gone with a real connection that is cut, and comes in whole the second time", async () => {
    const bytes = await jpeg(600, 400);
    const answers: unknown[] = [];
    const server = http.createServer(async (incoming, outgoing) => {
      const request = requestOf(incoming, new Headers(incoming.headers as Record<string, string>));
      answers.push(await receiveUpload(request, owner).catch((error) => error.refusal ?? error));
      outgoing.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { "content-length": bytes.length };
    const first = http.request({ port, host: "127.0.0.1", method: "POST", headers }).on("error", () => {});
    first.write(bytes.subarray(0, 10_000));
    await expect.poll(() => filesOf().length).toBe(1);
    first.destroy();
    await expect.poll(() => answers).toEqual([expect.objectContaining({ code: "incomplete" })]);
    await nothingStays();
    await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: new Uint8Array(bytes) });
    expect(answers[1]).toMatchObject({ sha256: shaOf(bytes) });
    expect(filesOf()).toEqual([shaOf(bytes)]);
    server.closeAllConnections();
    server.close();
  });
});

describe("a file that is not taken", () => {
  it("is not read to its end: what is never taken after its first bytes, what is too large not at all", async () => {
    let pulled = 0;
    function* endless(start: Buffer) {
      yield start;
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(64_000);
      }
    }
    const limit = UPLOAD_POLICY.image.maxBytes;
    const start = await jpeg(40, 30);
    const tooLarge = await send(endless(start), limit + 1);
    expect(tooLarge).toEqual({
      code: "too_large",
      message:
        "This file is too large. It has just over 1.5 MB, and images may have 1.5 MB. Make it smaller and add it again.",
    });
    expect(pulled).toBeLessThan(40);
    await nothingStays();
  });

  it("leaves nothing, whenever that shows", async () => {
    const picture = await jpeg(300, 200);
    const clip = await webMp4();
    expect(await sendWhole(Buffer.from("<html>"))).toMatchObject({ code: "wrong_type" });
    expect(await sendWhole(picture.subarray(0, 3_000))).toMatchObject({ code: "broken" });
    expect(await sendWhole(clip.subarray(0, clip.length - 10))).toMatchObject({ code: "broken" });
    await nothingStays();
  });

  it("is one too many in a minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 12, 0, 30) });
    const send = () => sendWhole(Buffer.from("<html>"));
    for (let count = 0; count < UPLOADS_PER_MINUTE; count++) expect(await send()).toMatchObject({ code: "wrong_type" });
    expect(await send()).toMatchObject({ code: "too_fast" });
    vi.setSystemTime(Date.UTC(2026, 10, 22, 12, 1, 0));
    expect(await send()).toMatchObject({ code: "wrong_type" });
    vi.useRealTimers();
  });
});

describe("a store that cannot be written", () => {
  const folder = () => path.join(process.env.DATA_DIR ?? "", "uploads");
  beforeAll(() => {
    rmSync(folder(), { recursive: true, force: true });
    // Where the folder should be stands a file: as with a full or a read-only disk, nothing can be made in it.
    writeFileSync(folder(), "");
  });
  afterAll(() => rmSync(folder()));

  it("says that it can be tried again, and makes nothing known", async () => {
    expect(await sendWhole(await png(40, 30))).toMatchObject({ code: "unavailable" });
    expect((await knownUploads(owner, [shaOf(await png(40, 30))])).uploads).toEqual([]);
  });
});

describe("what a page says of its draft", () => {
  const change = (body: string) => readChange(new Request("http://playground/", { method: "PATCH", body }));
  const hash = "a".repeat(64);

  it("is read, and nothing else is", async () => {
    expect(await change(JSON.stringify({ hold: [hash] }))).toEqual({ hold: [hash], release: [] });
    expect(await change("{}")).toEqual({ hold: [], release: [] });
    for (const wrong of ["", "null", "[]", '{"hold":"x"}', '{"hold":["x"]}', `{"hold":[${'"x",'.repeat(9_000)}"x"]}`]) {
      expect(await change(wrong)).toBeNull();
    }
  });

  it("takes hashes from an address, each once, and leaves the rest", () => {
    expect(readHashes(`${hash},x,${hash},${"b".repeat(64)},${"B".repeat(64)}`)).toEqual([hash, "b".repeat(64)]);
    const many = Array.from({ length: 150 }, (_, index) => index.toString(16).padStart(64, "0"));
    expect(readHashes(many.join())).toHaveLength(100);
  });
});
