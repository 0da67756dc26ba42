import { createHash, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Ingest, startIngest } from "@/e2e/fixtures/ingest";
import { png } from "@/e2e/fixtures/picture-files";
import { env } from "@/lib/env";
import { findUpload } from "@/lib/uploads/data";
import { deleteUpload, saveUpload } from "@/lib/uploads/mutations";
import { VISITOR_MAX_BYTES } from "@/lib/uploads/policy";
import { openUpload, readUpload } from "@/lib/uploads/service";
import { deleteAtHost } from "@/lib/uploadthing/client";
import { findArrival } from "@/lib/uploadthing/data";
import { claimArrival, createArrival } from "@/lib/uploadthing/mutations";
import { ARRIVAL_KEPT_MS, CHECK_LEASE_MS, DELETE_AGAIN_MS } from "@/lib/uploadthing/policy";
import { cancel, settle, sweepHost } from "@/lib/uploadthing/service";

let ingest: Ingest;
beforeAll(async () => {
  ingest = await startIngest();
  Object.assign(process.env, ingest.env);
});
afterEach(() => ingest.clear());
afterAll(() => ingest.close());

const now = Date.now();
const newOwner = () => randomBytes(32).toString("hex");
const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const readsOf = (key: string) => ingest.reads().filter((read) => read === key).length;

/** A file that was announced and is at UploadThing. */
async function brought(owner = newOwner(), bytes?: Buffer, announcedAt = now) {
  const file = bytes ?? (await png(40, 30, randomBytes(4).readUInt32BE()));
  const key = randomBytes(12).toString("hex");
  await createArrival({ host_key: key, owner, kind: "image", name: "a.png", bytes: file.length }, announcedAt);
  ingest.place({ key, name: "a.png", type: "image/png", bytes: file });
  return { key, owner, file };
}

describe("a file at UploadThing", () => {
  it("is looked at once, however many ask at the same moment", async () => {
    const { key, owner, file } = await brought();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => settle(key, at % 2 ? owner : undefined)));
    const [first] = answers;
    expect(first).toMatchObject({ state: "kept", upload: { sha256: hashOf(file), width: 40, height: 30 } });
    for (const answer of answers) expect(answer).toEqual(first);
    expect(readsOf(key)).toBe(1);
    expect(await settle(key, newOwner())).toEqual({ state: "unknown" });
  });

  it("is looked at by somebody else when who was at it died", async () => {
    const { key } = await brought();
    expect(await claimArrival(key, Date.now() - CHECK_LEASE_MS - 1)).toBeDefined();
    expect(await settle(key)).toMatchObject({ state: "kept" });
    expect(await claimArrival(key, Date.now() + 2 * CHECK_LEASE_MS)).toBeUndefined();
  });

  it("is shown from there, with Range", async () => {
    const { key, owner, file } = await brought();
    await settle(key);
    const row = await findUpload(owner, hashOf(file));
    if (!row) throw new Error("There is no upload");
    const part = await openUpload(row, { method: "GET", headers: new Headers({ range: "bytes=1-3" }) });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
      206,
      "PNG",
      `bytes 1-3/${file.length}`,
    ]);
  });

  it("is one upload when it comes again, at the place of the first for as long as that is there", async () => {
    const first = await brought();
    const { owner, file } = first;
    await settle(first.key);
    const again = await brought(owner, file);
    expect(await settle(again.key)).toMatchObject({ state: "kept" });
    expect((await findUpload(owner, hashOf(file)))?.host_key).toBe(first.key);
    await ingest.until(() => ingest.deleted().includes(again.key));

    // Somebody tidied up at UploadThing.
    const { uploadThing } = env();
    if (!uploadThing) throw new Error("There is no UploadThing");
    await deleteAtHost(uploadThing, [first.key]);
    const mended = await brought(owner, file);
    expect(await settle(mended.key)).toMatchObject({ state: "kept" });
    const row = await findUpload(owner, hashOf(file));
    expect(row?.host_key).toBe(mended.key);
    expect(row && (await readUpload(row)).equals(file)).toBe(true);
    await sweepHost(Date.now() + 2 * DELETE_AGAIN_MS);
    expect(ingest.deleted()).not.toContain(mended.key);
  });

  it("is refused and deleted when there is no room for it", async () => {
    const { key, owner } = await brought();
    const about = { kind: "video" as const, mime: "video/mp4", width: 1, height: 1, duration_ms: 1, name: "b" };
    const place = { host_key: null, host_url: null };
    await saveUpload({ owner, sha256: hashOf(randomBytes(8)), bytes: VISITOR_MAX_BYTES, ...about, ...place }, now);
    expect(await settle(key)).toMatchObject({ state: "refused", refusal: { code: "no_room" } });
    await ingest.until(() => ingest.deleted().includes(key));
    expect(await settle(key)).toMatchObject({ state: "refused", refusal: { code: "no_room" } });
    expect(readsOf(key)).toBe(1);
  });
});

describe("a file whose visitor cancelled it", () => {
  it("becomes nothing, and is deleted a minute later", async () => {
    const { key, owner } = await brought();
    await cancel(key, newOwner());
    expect(await findArrival(key)).toMatchObject({ outcome: null });
    await cancel(key, owner);
    expect(await settle(key)).toMatchObject({ state: "refused" });
    expect(readsOf(key)).toBe(0);
    await sweepHost(Date.now() + DELETE_AGAIN_MS + 1_000);
    expect(ingest.deleted()).toContain(key);
  });

  it("stays when it was an upload before", async () => {
    const { key, owner } = await brought();
    const settled = await settle(key);
    await cancel(key, owner);
    expect(await settle(key)).toEqual(settled);
    await sweepHost(Date.now() + 2 * DELETE_AGAIN_MS);
    expect(ingest.deleted()).not.toContain(key);
  });
});

describe("the sweep", () => {
  it("deletes what never became an upload within a day, and nothing before", async () => {
    const { key } = await brought();
    await sweepHost(now + ARRIVAL_KEPT_MS - 1_000);
    expect(ingest.deleted()).not.toContain(key);
    await sweepHost(now + ARRIVAL_KEPT_MS + 1_000);
    expect(ingest.deleted()).toContain(key);
    expect(await findArrival(key)).toBeUndefined();
    expect(await settle(key)).toEqual({ state: "unknown" });
  });

  it("never deletes an upload's file, even one whose server died before it could say so", async () => {
    const { key, owner, file } = await brought();
    const about = { kind: "image" as const, mime: "image/png", width: 1, height: 1, duration_ms: null, name: "c" };
    const place = { host_key: key, host_url: `${ingest.origin}/x` };
    await saveUpload({ owner, sha256: hashOf(file), bytes: file.length, ...about, ...place }, now);
    await sweepHost(now + 2 * ARRIVAL_KEPT_MS);
    expect(ingest.deleted()).not.toContain(key);
  });

  it("forgets after a day what became of a file, and leaves the file", async () => {
    const { key } = await brought();
    await settle(key);
    await sweepHost(now + 2 * ARRIVAL_KEPT_MS);
    expect(await findArrival(key)).toBeUndefined();
    expect(ingest.deleted()).not.toContain(key);
  });

  it("asks again, a minute later, for a deletion that UploadThing did not confirm", async () => {
    const { key, owner, file } = await brought();
    await settle(key);
    ingest.set({ api: "refuses" });
    const deletedAt = Date.now();
    expect(await deleteUpload(owner, hashOf(file))).toMatchObject({ host_key: key });
    await sweepHost(deletedAt + 1_000);
    ingest.clear();
    await sweepHost(deletedAt + DELETE_AGAIN_MS - 1_000);
    expect(ingest.deleted()).not.toContain(key);
    await sweepHost(deletedAt + DELETE_AGAIN_MS + 2_000);
    expect(ingest.deleted()).toContain(key);
    expect(await settle(key)).toEqual({ state: "unknown" });
  });
});
