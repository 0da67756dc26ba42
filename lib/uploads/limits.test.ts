import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { webMp4 } from "@/e2e/fixtures/media-files";
import { png } from "@/e2e/fixtures/picture-files";
import { db } from "@/lib/db/client";
import type { UploadRow } from "@/lib/db/schema";
import { answer } from "@/lib/http";
import { sumStored } from "@/lib/uploads/data";
import { answerRefusal } from "@/lib/uploads/handler";
import { createTurns, takePlace } from "@/lib/uploads/limits";
import { saveUpload } from "@/lib/uploads/mutations";
import { STORED_FILE_BYTES, UPLOAD_HELD_MS, UPLOAD_KEPT_MS } from "@/lib/uploads/policy";
import { receiveUpload } from "@/lib/uploads/request";
import { makeRoom } from "@/lib/uploads/sweep";

const LIMIT = 20_000_000;
// Read once, at the first upload.
process.env.UPLOADS_MAX_BYTES = String(LIMIT);

const NOW = Date.now();
const newOwner = () => randomBytes(32).toString("hex");
const pictureRow = (bytes: number, change: Partial<UploadRow> = {}) => ({
  ...{ sha256: newOwner(), owner: newOwner(), kind: "image" as const, mime: "image/png", bytes, width: 4, height: 3 },
  ...{ duration_ms: null, name: "a.png", host_key: null, host_url: null },
  ...change,
});

/** Files of others, as another server takes them in: all of the room but `left` bytes. */
async function fillBut(left: number, change: Partial<UploadRow> = {}) {
  const row = { ...pictureRow(LIMIT - left - STORED_FILE_BYTES, change), created_at: NOW, held_until: NOW, ...change };
  await (await db()).insertInto("uploads").values(row).execute();
  return row;
}

/** Sends a body through what the route does. */
async function send(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, announced: number, owner = newOwner()) {
  const body = (async function* () {
    yield* chunks;
  })();
  const headers = { "content-length": String(announced) };
  const init = { method: "POST", body, duplex: "half", headers } as unknown as RequestInit;
  const request = new Request("http://playground/api/uploads", init);
  const answered = await receiveUpload(request, owner).then((upload) => answer(upload, 201), answerRefusal);
  return { owner, status: answered.status, said: await answered.json() };
}

/** Bytes in the folders of these visitors. */
const onDisk = (owners: string[]) =>
  owners
    .map((owner) => path.join(process.env.DATA_DIR ?? "", "uploads", owner.slice(0, 16)))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []))
    .reduce((sum, file) => sum + statSync(file).size, 0);

describe("what the uploads of all visitors may take together", () => {
  beforeEach(async () => void (await (await db()).deleteFrom("uploads").execute()));

  it("is asked before a file is read", async () => {
    await fillBut(5_000_000);
    let pulled = 0;
    const endless = (function* () {
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(64_000);
      }
    })();
    const { owner, status, said } = await send(endless, 5_000_000);
    expect([status, said.error]).toEqual([
      507,
      {
        code: "store_full",
        message:
          "The place that all visitors’ uploads share is full. Nothing of this file was kept, and it cost nothing. Try again later, or tell whoever runs this playground.",
      },
    ]);
    // What is still on its way is taken off the line; nothing of it is written.
    expect(existsSync(path.join(process.env.DATA_DIR ?? "", "uploads", owner.slice(0, 16)))).toBe(false);
    const picture = await png(40, 30);
    expect((await send([picture], picture.length)).status).toBe(201);
    expect(pulled).toBeLessThan(2_000);
  });

  it("lets as many in as fit, however many come at once", async () => {
    const picture = await png(40, 30);
    await fillBut(4 * (picture.length + STORED_FILE_BYTES) + 10);
    const sent = await Promise.all(Array.from({ length: 12 }, () => send([picture], picture.length)));
    expect(sent.map(({ status }) => status).sort()).toEqual([...Array(4).fill(201), ...Array(8).fill(507)]);
    expect(onDisk(sent.map(({ owner }) => owner))).toBe(4 * picture.length);
    expect(await sumStored()).toBeLessThanOrEqual(LIMIT);
  });

  it("is never passed by rows, and what is there already can be sent again", async () => {
    const room = 3 * (1_000 + STORED_FILE_BYTES);
    await fillBut(room);
    const rows = await Promise.all(Array.from({ length: 10 }, () => saveUpload(pictureRow(1_000), NOW)));
    expect(rows.filter((row) => row !== "store_full")).toHaveLength(3);
    expect(await sumStored()).toBe(LIMIT);
    const [kept] = rows.filter((row) => typeof row !== "string");
    expect(await saveUpload({ ...pictureRow(1_000), ...kept }, NOW + 1)).toMatchObject({ sha256: kept?.sha256 });
    // What lies at a host takes nothing here.
    const hosted = { host_key: "key", host_url: "https://app.ufs.sh/f/key" };
    expect(await saveUpload(pictureRow(1_000_000, hosted), NOW)).toMatchObject({ host_key: "key" });
    expect(await sumStored()).toBe(LIMIT);
  });

  it("is asked again while a long file comes in, and the room of what did not come is free", async () => {
    const start = (await webMp4()).subarray(0, 64);
    let arrived = 0;
    const coming = async function* () {
      yield start;
      for (arrived = start.length; arrived < 16_000_000; arrived += 1_000_000) {
        if (arrived > 4_000_000 && arrived < 5_000_000) await fillBut(10_000_000);
        yield Buffer.alloc(1_000_000);
      }
    };
    const { owner, status } = await send(coming(), 16_000_000);
    expect(status).toBe(507);
    expect(onDisk([owner])).toBe(0);
    const picture = await png(40, 30);
    expect((await send([picture], picture.length)).status).toBe(201);
    await (await db()).deleteFrom("uploads").execute();
    // All of it, which could not be had if anything were still taken.
    const all = await takePlace(LIMIT - STORED_FILE_BYTES);
    expect(all).not.toBeNull();
    expect(await takePlace(1)).toBeNull();
    all?.giveBack();
  });

  it("makes room an hour after a file came that nothing needs, for as long as it is nearly full", async () => {
    const HOUR = 60 * 60_000;
    const kept = async ({ sha256 }: { sha256: string }) =>
      (await (await db()).selectFrom("uploads").select("sha256").where("sha256", "=", sha256).execute()).length === 1;
    const came = (at: number) => ({ created_at: at, held_until: at + UPLOAD_KEPT_MS });
    const part = (bytes: number, change: Partial<UploadRow>) => fillBut(LIMIT - bytes - STORED_FILE_BYTES, change);
    const old = await part(1_000, came(NOW - 2 * HOUR));
    const young = await part(1_000, came(NOW - HOUR / 2));
    expect(await makeRoom(NOW)).toBe(0);
    const draft = await part(18_500_000, { ...came(NOW - 2 * HOUR), held_until: NOW + UPLOAD_HELD_MS });
    const hosted = await part(1_000, { ...came(NOW - 2 * HOUR), host_key: "k", host_url: "https://app.ufs.sh/f/k" });
    expect(await makeRoom(NOW)).toBe(1);
    expect(await Promise.all([old, young, draft, hosted].map(kept))).toEqual([false, true, true, true]);
  });
});

it("lets so many work at once, the others in their order, and goes on after one that fails", async () => {
  const inTurn = createTurns(2);
  const log: string[] = [];
  const ends = new Map<string, (failed?: Error) => void>();
  const work = (name: string) =>
    inTurn(() => {
      log.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (failed) => (failed ? reject(failed) : resolve(name)));
      });
    });
  const all = ["a", "b", "c", "d"].map(work);
  await expect.poll(() => log).toEqual(["a", "b"]);
  ends.get("b")?.(new Error("broken"));
  await expect(all[1]).rejects.toThrow("broken");
  await expect.poll(() => log).toEqual(["a", "b", "c"]);
  ends.get("a")?.();
  await expect.poll(() => log).toEqual(["a", "b", "c", "d"]);
  for (const name of ["c", "d"]) ends.get(name)?.();
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual(["a", "c", "d"]);
});
