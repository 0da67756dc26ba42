import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startIngest } from "@/e2e/fixtures/ingest";
import { storePress } from "@/e2e/fixtures/press";
import { startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import { clipOf, recipeOf } from "@/e2e/fixtures/vendor-files";
import { grow, type HeldFile } from "@/e2e/fixtures/vendor-held";
import { db } from "@/lib/db/client";
import type { VaultRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { findGeneration } from "@/lib/generations/data";
import { enterStatus, updateFavorite } from "@/lib/generations/mutations";
import { toGeneration } from "@/lib/generations/queries";
import { findCopy } from "@/lib/outputs/data";
import { removeOutputs } from "@/lib/outputs/mutations";
import { openOutput } from "@/lib/outputs/service";
import { copyFile, copyPath } from "@/lib/outputs/store";
import { tidyVault } from "@/lib/outputs/sweep";
import { copiesUnderWay, keepCopying, removeCopies, startCopies } from "@/lib/outputs/vault";
import { dataDirId } from "@/lib/servers/store";
import { ARRIVAL_KEPT_MS } from "@/lib/uploadthing/policy";
import { sweepHost } from "@/lib/uploadthing/service";

const MB = 1024 * 1024;
const OWNER = "owner";

let vendor: Vendor;
let film: Buffer;

beforeAll(async () => {
  vendor = await startVendor();
  Object.assign(process.env, vendor.env, { VAULT_MAX_BYTES: String(40 * MB) });
  await dataDirId(env().dataDir);
  film = grow(await clipOf(recipeOf({ duration: 1, resolution: "540p" })), 3 * MB);
});
afterAll(() => vendor.close());
beforeEach(async () => {
  await copiesUnderWay();
  await (await db()).deleteFrom("vault").execute();
});

/** A generation that succeeded `agoMs` ago, whose one output is a file that the test holds. */
async function made(file: Partial<HeldFile> = {}, agoMs = 0): Promise<string> {
  const now = Date.now() - agoMs;
  const { id } = await storePress({ owner: OWNER }, { now });
  const url = vendor.held.put(id, { bytes: film, ...file });
  await enterStatus(id, "succeeded", { outputs: JSON.stringify([{ kind: "video", url }]), finished_at: now });
  return id;
}

const copyOf = async (id: string) => (await findCopy(id, 0)) as VaultRow;
const placeOf = (id: string) => copyFile(copyPath(id, 0));
/** The names of all files that are there of an output. */
const filesOf = async (id: string) => (await readdir(path.dirname(placeOf(id)))).filter((name) => name.startsWith(id));
const keepOf = async (id: string) => {
  const row = await findGeneration(id);
  return row && (await toGeneration(row)).outputs[0]?.keep;
};

async function makeDue(id: string, change: { attempts?: number } = {}) {
  await (await db())
    .updateTable("vault")
    .set({ due_at: 1, ...change })
    .where("generation", "=", id)
    .execute();
}

/** Makes an attempt, as the sweep does once its time has come. */
async function attempt(id: string): Promise<VaultRow> {
  await makeDue(id);
  await copiesUnderWay();
  return copyOf(id);
}

async function bytesOf(id: string): Promise<Buffer | null> {
  const opened = await openOutput({ id }, 0);
  return opened && Buffer.from(await new Response(opened.stream).arrayBuffer());
}

describe("a copy", () => {
  it("is the file, whole, as what its bytes are, with what MindVideo calls it", async () => {
    const modified = new Date(Date.UTC(2026, 10, 1));
    const id = await made({ type: "text/html", modified });
    expect(await keepOf(id)).toEqual({ state: "pending" });
    await copiesUnderWay();
    expect(await copyOf(id)).toMatchObject({
      ...{ state: "kept", due_at: null, mime: "video/mp4", bytes: film.length, etag: '"first"' },
      ...{ path: `${id.slice(0, 2)}/${id}-0`, modified_at: modified.getTime(), kept_at: expect.any(Number) },
    });
    expect((await bytesOf(id))?.equals(film)).toBe(true);
    expect(await keepOf(id)).toEqual({ state: "kept" });
    expect(await filesOf(id)).toEqual([`${id}-0`]);
  });

  it("of an unknown length is whole too", async () => {
    const id = await made({ hasLength: false, etag: null });
    await copiesUnderWay();
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });

  it("is made by one at a time, however often it is begun", async () => {
    const id = await made();
    await Promise.all(Array.from({ length: 10 }, startCopies));
    await copiesUnderWay();
    expect(vendor.held.requests(id)).toHaveLength(1);
  });

  it("that takes long is waited for by one reader, and the others go", async () => {
    const id = await made({ holdAt: MB });
    const waiting = keepCopying();
    await expect.poll(() => vendor.held.requests(id).length).toBe(1);
    await Promise.all(Array.from({ length: 5 }, keepCopying));
    expect((await copyOf(id)).state).toBe("due");
    vendor.held.set(id, { holdAt: null });
    await waiting;
    expect((await copyOf(id)).state).toBe("kept");
  });

  it("that broke off goes on where it did, and comes out the same", async () => {
    const id = await made({ cutAt: 2 * MB });
    await copiesUnderWay();
    expect(await copyOf(id)).toMatchObject({ state: "due", due_at: expect.any(Number) });
    expect(existsSync(placeOf(id))).toBe(false);
    expect(await keepOf(id)).toEqual({ state: "pending" });
    vendor.held.set(id, { cutAt: null });
    expect(await attempt(id)).toMatchObject({ state: "kept", bytes: film.length });
    const [first, second] = vendor.held.requests(id);
    expect(first).toMatchObject({ range: null, ifRange: null });
    expect(second?.range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(second?.ifRange).toBe('"first"');
    expect(second?.sent).toBeLessThan(film.length);
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });

  it.each<[string, Partial<HeldFile>]>([
    ["has become another", { etag: '"second"' }],
    ["has no name for its version", { etag: null }],
    ["has a name that does not stand for the very bytes", { etag: 'W/"first"' }],
    ["comes only whole", { hasRanges: false }],
  ])("of a file that %s begins anew", async (_how, change) => {
    const isAnother = change.etag === '"second"';
    const id = await made({ cutAt: 2 * MB, ...(isAnother ? {} : change) });
    await copiesUnderWay();
    const bytes = isAnother ? grow(film.subarray(0, 1_000), 2.5 * MB, 7) : film;
    vendor.held.set(id, { ...change, bytes, cutAt: null });
    expect((await attempt(id)).state).toBe("kept");
    expect(vendor.held.requests(id).at(-1)?.sent).toBe(bytes.length);
    expect((await bytesOf(id))?.equals(bytes)).toBe(true);
  });

  it.each<[string, Partial<HeldFile>]>([
    ["has no name for its version", { etag: null }],
    ["comes only whole", { hasRanges: false }],
  ])("of a file that %s and always breaks off is tried ever more slowly", async (_how, change) => {
    const id = await made({ cutAt: 2 * MB, ...change });
    await copiesUnderWay();
    const waits: number[] = [];
    for (let tries = 0; tries < 2; tries++) waits.push(((await attempt(id)).due_at ?? 0) - Date.now());
    expect(waits.map((wait) => Math.round(wait / 1_000))).toEqual([2, 4]);
  });

  it("keeps what it has while the server is in trouble", async () => {
    const id = await made({ cutAt: 2 * MB });
    await copiesUnderWay();
    vendor.held.set(id, { status: 503, cutAt: null });
    expect((await attempt(id)).state).toBe("due");
    vendor.held.set(id, { status: null });
    expect((await attempt(id)).state).toBe("kept");
    expect(vendor.held.requests(id).at(-1)?.sent).toBeLessThan(film.length);
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });

  it("that has come whole, and did not get to its place, is not fetched again", async () => {
    const id = await made({ cutAt: film.length - 1 });
    await copiesUnderWay();
    const part = `${placeOf(id)}.part`;
    await writeFile(part, film);
    await writeFile(`${part}.json`, JSON.stringify({ etag: '"first"', bytes: film.length }));
    expect((await attempt(id)).state).toBe("kept");
    expect(vendor.held.requests(id).at(-1)).toMatchObject({ range: `bytes=${film.length}-`, sent: 0 });
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });

  it("does not trust what lies behind the last mark: the power may have gone", async () => {
    const id = await made({ cutAt: 2 * MB });
    await copiesUnderWay();
    const part = `${placeOf(id)}.part`;
    const { bytes } = JSON.parse(await readFile(`${part}.json`, "utf8")) as { bytes: number };
    await writeFile(part, Buffer.concat([film.subarray(0, bytes), Buffer.alloc(MB)]));
    vendor.held.set(id, { cutAt: null });
    await attempt(id);
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });
});

describe("a link", () => {
  it("that is not there right after the end may be late", async () => {
    const id = await made({ status: 404 });
    await copiesUnderWay();
    expect(await copyOf(id)).toMatchObject({ state: "due", attempts: 1 });
    vendor.held.set(id, { status: null });
    expect((await attempt(id)).state).toBe("kept");
  });

  it.each([401, 403, 404, 410])("that answers %d later is dead, and the page says so", async (status) => {
    const id = await made({ status }, 16_000);
    await copiesUnderWay();
    expect(await copyOf(id)).toMatchObject({ state: "failed", due_at: null });
    expect(await keepOf(id)).toEqual({ state: "link", why: "failed" });
  });

  it.each([500, 503, 429])("that answers %d is tried again, ever more slowly, and for a week", async (status) => {
    const id = await made({ status }, 16_000);
    await copiesUnderWay();
    const waits: number[] = [];
    for (let tries = 0; tries < 3; tries++) waits.push(((await attempt(id)).due_at ?? 0) - Date.now());
    expect(waits.map((wait) => Math.round(wait / 1_000))).toEqual([2, 4, 8]);
    const old = await made({ status }, 8 * 24 * 3_600_000);
    expect((await attempt(old)).state).toBe("failed");
  });

  it("behind which stands a page is believed the third time", async () => {
    const id = await made({ bytes: Buffer.from("<html>Sorry, a moment</html>") });
    await copiesUnderWay();
    expect((await copyOf(id)).state).toBe("due");
    vendor.held.set(id, { bytes: film });
    expect((await attempt(id)).state).toBe("kept");
    const page = await made({ bytes: Buffer.from("<html>Sorry</html>") });
    await makeDue(page, { attempts: 2 });
    expect((await attempt(page)).state).toBe("failed");
  });
});

describe("the vault's size", () => {
  it.each([true, false])("is never passed by one file (length told: %s)", async (hasLength) => {
    const id = await made({ bytes: grow(film, 41 * MB), hasLength });
    await copiesUnderWay();
    expect((await copyOf(id)).state).toBe("too_large");
    expect(await keepOf(id)).toEqual({ state: "link", why: "too_large" });
    expect(await filesOf(id)).toEqual([]);
    if (hasLength) expect(vendor.held.requests(id)[0]?.sent).toBeLessThan(5 * MB);
  });

  it("makes the oldest without a star go, and its file with it", async () => {
    const [starred, plain] = [await made({ bytes: grow(film, 15 * MB) }), await made({ bytes: grow(film, 16 * MB) })];
    await copiesUnderWay();
    await updateFavorite(OWNER, starred, true);
    const id = await made({ bytes: grow(film, 20 * MB) });
    await copiesUnderWay();
    expect([(await copyOf(starred)).state, (await copyOf(plain)).state]).toEqual(["kept", "dropped"]);
    expect(await keepOf(plain)).toEqual({ state: "link", why: "dropped" });
    expect([existsSync(placeOf(starred)), existsSync(placeOf(plain)), existsSync(placeOf(id))]).toEqual([
      ...[true, false, true],
    ]);
    await updateFavorite(OWNER, id, true);
    const late = await made({ bytes: grow(film, 6 * MB) });
    await copiesUnderWay();
    expect(await keepOf(late)).toEqual({ state: "link", why: "dropped" });
    expect(vendor.held.requests(late)[0]?.sent).toBeLessThan(6 * MB);
  });
});

describe("a disk", () => {
  it("that takes nothing leaves the copy waiting, and it is made once the disk does again", async () => {
    const vault = path.join(env().dataDir, "vault");
    await rename(vault, `${vault}.away`);
    await writeFile(vault, "in the way");
    const id = await made();
    await copiesUnderWay();
    expect(await copyOf(id)).toMatchObject({ state: "full", due_at: expect.any(Number) });
    expect(await keepOf(id)).toEqual({ state: "link", why: "full" });
    await rm(vault);
    await rename(`${vault}.away`, vault);
    expect((await attempt(id)).state).toBe("kept");
  });
});

describe("what was kept", () => {
  it("and vanished from the disk, or was cut there, is fetched anew", async () => {
    const id = await made();
    await copiesUnderWay();
    for (const harm of [() => rm(placeOf(id)), () => writeFile(placeOf(id), "half")]) {
      await harm();
      expect(await bytesOf(id)).toBeNull();
      await copiesUnderWay();
      expect((await bytesOf(id))?.equals(film)).toBe(true);
    }
    vendor.held.set(id, { status: 410 });
    await (await db()).updateTable("generations").set({ finished_at: 1 }).where("id", "=", id).execute();
    await rm(placeOf(id));
    expect(await bytesOf(id)).toBeNull();
    await copiesUnderWay();
    expect(await keepOf(id)).toEqual({ state: "link", why: "failed" });
  });

  it("and cannot be read at this moment stays kept: the disk is away, or a link leads nowhere", async () => {
    const id = await made();
    await copiesUnderWay();
    const [place, mark] = [placeOf(id), path.join(env().dataDir, "id")];
    await rename(place, `${place}.away`);
    await symlink(place, place);
    expect(await bytesOf(id)).toBeNull();
    await rm(place);
    await rename(mark, `${mark}.away`);
    expect(await bytesOf(id)).toBeNull();
    expect((await copyOf(id)).state).toBe("kept");
    await rename(`${mark}.away`, mark);
    await rename(`${place}.away`, place);
    expect((await bytesOf(id))?.equals(film)).toBe(true);
  });

  it("goes with its generation, also while it is being copied", async () => {
    const [done, running] = [await made(), await made({ holdAt: MB })];
    await startCopies();
    await vendor.held.until(() => vendor.held.requests(running)[0]?.sent === MB);
    while ((await copyOf(done)).state !== "kept") await new Promise(setImmediate);
    for (const id of [done, running]) {
      await removeCopies(await (await db()).transaction().execute((trx) => removeOutputs(trx, id)));
    }
    expect(existsSync(placeOf(done))).toBe(false);
    vendor.held.set(running, { holdAt: null });
    await copiesUnderWay();
    expect(existsSync(placeOf(running))).toBe(false);
    expect(await findCopy(running, 0)).toBeUndefined();
  });
});

describe("tidying", () => {
  it("removes what no row knows, and leaves what one does, and what is no file of ours", async () => {
    const [kept, half] = [await made(), await made({ cutAt: MB })];
    await copiesUnderWay();
    const folder = path.join(env().dataDir, "vault", "zz");
    await mkdir(folder, { recursive: true });
    const strays = [`${randomUUID()}-0`, `${randomUUID()}-0.part`, `${randomUUID()}-0.part.json`];
    for (const name of [...strays, "README"]) await writeFile(path.join(folder, name), "stray");
    await tidyVault(Date.now() - 60_000);
    expect((await readdir(folder)).length).toBe(4);
    await tidyVault(Date.now() + 60_000);
    expect(await readdir(folder)).toEqual(["README"]);
    expect([existsSync(placeOf(kept)), existsSync(`${placeOf(half)}.part`)]).toEqual([true, true]);
  });
});

describe("with UploadThing", () => {
  it("what nobody heard of arriving there is deleted after a day, and what was kept is not", async () => {
    const ingest = await startIngest();
    const before = { ...env() };
    Object.assign(env(), { uploadThing: (await readSettings(ingest.env)).uploadThing });
    try {
      // All of the file comes, and then the connection breaks.
      ingest.set({ cutAfterBytes: film.length });
      const id = await made();
      await copiesUnderWay();
      expect(await copyOf(id)).toMatchObject({ state: "due", host_key: null });
      ingest.clear();
      const kept = (await attempt(id)).host_key;
      const lost = ingest.puts().flatMap(({ key }) => (key === kept ? [] : key));
      expect(lost.length).toBeGreaterThan(0);
      await sweepHost(Date.now() + ARRIVAL_KEPT_MS);
      expect(new Set(ingest.deleted())).toEqual(new Set(lost));
    } finally {
      Object.assign(env(), before);
      await ingest.close();
    }
  });

  it("a copy goes there, streamed, and nothing of it stays here", async () => {
    const ingest = await startIngest();
    const before = { ...env() };
    Object.assign(env(), { uploadThing: (await readSettings(ingest.env)).uploadThing });
    try {
      const id = await made();
      await copiesUnderWay();
      const copy = await copyOf(id);
      expect(copy).toMatchObject({ state: "kept", path: null, bytes: film.length, mime: "video/mp4" });
      expect(ingest.files().map(({ key, type, bytes }) => [key, type, bytes.length])).toEqual([
        [copy.host_key, "video/mp4", film.length],
      ]);
      expect((await bytesOf(id))?.equals(film)).toBe(true);
      expect(await filesOf(id)).toEqual([]);
      ingest.set({ hidesFiles: true });
      expect(await bytesOf(id)).toBeNull();
    } finally {
      Object.assign(env(), before);
      await ingest.close();
    }
  });
});

async function readSettings(variables: Record<string, string>) {
  const { parseEnv } = await import("@/lib/env");
  return parseEnv({ ...process.env, ...variables });
}
