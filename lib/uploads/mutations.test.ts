import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import type { UploadRow } from "@/lib/db/schema";
import type { Status } from "@/lib/generations/transitions";
import { findUpload, findUploads, findUsed, listUploads, sumUploads } from "@/lib/uploads/data";
import { deleteUpload, holdUploads, releaseUploads, saveUpload } from "@/lib/uploads/mutations";
import { UPLOAD_HELD_MS, UPLOAD_KEPT_MS, VISITOR_MAX_BYTES, VISITOR_MAX_UPLOADS } from "@/lib/uploads/policy";
import { uploadsPage } from "@/lib/uploads/queries";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const hash = () => randomBytes(32).toString("hex");

const upload = (owner: string, change: Partial<UploadRow> = {}) => ({
  ...{ sha256: hash(), owner, kind: "image" as const, mime: "image/png", bytes: 1_000, width: 4, height: 3 },
  ...{ duration_ms: null, name: "a.png", host_key: null, host_url: null },
  ...change,
});

async function stored(owner: string, change: Partial<UploadRow> = {}, now = NOW): Promise<UploadRow> {
  const row = await saveUpload(upload(owner, change), now);
  if (typeof row === "string") throw new Error(row);
  return row;
}

/** Rows of a visitor who has had many for long, written past the limits. */
async function seed(owner: string, count: number, bytes: number): Promise<void> {
  const rows = Array.from({ length: count }, () => ({ ...upload(owner, { bytes }), created_at: NOW, held_until: NOW }));
  await (await db()).insertInto("uploads").values(rows).execute();
}

async function pressed(owner: string, files: string[], status: Status = "submitting"): Promise<string> {
  const { id } = await storePress({ owner, files }, { now: NOW });
  await (await db()).updateTable("generations").set({ status }).where("id", "=", id).execute();
  return id;
}

describe("saveUpload", () => {
  it("keeps what is new for a day", async () => {
    const owner = hash();
    const row = await stored(owner);
    expect(row).toMatchObject({ owner, created_at: NOW, held_until: NOW + UPLOAD_KEPT_MS });
    expect(await findUpload(owner, row.sha256)).toEqual(row);
  });

  it("takes the same file again for the same row, and shortens no hold", async () => {
    const owner = hash();
    const row = await stored(owner);
    await holdUploads(owner, [row.sha256], NOW);
    const again = await stored(owner, { sha256: row.sha256, name: "b.png" }, NOW + 5_000);
    expect(again).toEqual({ ...row, name: "b.png", held_until: NOW + UPLOAD_HELD_MS });
    expect((await sumUploads(await db(), owner)).count).toBe(1);
  });

  it("lets exactly as many in as there is room for, however many come at once", async () => {
    const owner = hash();
    await seed(owner, VISITOR_MAX_UPLOADS - 3, 1_000);
    const rows = await Promise.all(Array.from({ length: 12 }, () => saveUpload(upload(owner), NOW)));
    expect(rows.filter((row) => row !== "no_room")).toHaveLength(3);
    expect((await sumUploads(await db(), owner)).count).toBe(VISITOR_MAX_UPLOADS);
  });

  it("counts the bytes as well, and still takes what is there already", async () => {
    const owner = hash();
    await seed(owner, 4, VISITOR_MAX_BYTES / 4 - 500);
    const last = await stored(owner, { bytes: 2_000 });
    expect(await saveUpload(upload(owner, { bytes: 1 }), NOW)).toBe("no_room");
    expect(await saveUpload(upload(owner, { sha256: last.sha256, bytes: 2_000 }), NOW)).toMatchObject({ bytes: 2_000 });
    expect(await saveUpload(upload(hash(), { bytes: 1 }), NOW)).toMatchObject({ bytes: 1 });
  });
});

describe("an upload is its visitor's alone", () => {
  it("for reading, holding and deleting", async () => {
    const [owner, other] = [hash(), hash()];
    const row = await stored(owner);
    expect(await findUpload(other, row.sha256)).toBeUndefined();
    expect(await findUploads(other, [row.sha256])).toEqual([]);
    expect(await listUploads(other, 10, null)).toEqual([]);
    await holdUploads(other, [row.sha256], NOW);
    await releaseUploads(other, [row.sha256], NOW - UPLOAD_HELD_MS);
    expect(await deleteUpload(other, row.sha256)).toBeUndefined();
    expect(await findUpload(owner, row.sha256)).toEqual(row);
  });

  it("also when another has the same file", async () => {
    const [owner, other] = [hash(), hash()];
    const row = await stored(owner);
    await stored(other, { sha256: row.sha256 });
    expect(await deleteUpload(owner, row.sha256)).toMatchObject({ owner });
    expect(await findUpload(owner, row.sha256)).toBeUndefined();
    expect(await findUpload(other, row.sha256)).toMatchObject({ owner: other });
  });

  it("and a press that names another's is stored in no part", async () => {
    const [owner, other] = [hash(), hash()];
    const { sha256 } = await stored(owner);
    const own = await stored(other);
    await expect(pressed(other, [own.sha256, sha256])).rejects.toThrow("file_missing");
    const left = await (await db()).selectFrom("upload_uses").selectAll().where("owner", "=", other).execute();
    expect(left).toEqual([]);
  });
});

describe("a draft's hold", () => {
  it("is thirty days from when it holds, and a day from when it lets go", async () => {
    const owner = hash();
    const { sha256 } = await stored(owner);
    await holdUploads(owner, [sha256, hash()], NOW);
    expect(await findUpload(owner, sha256)).toMatchObject({ held_until: NOW + UPLOAD_HELD_MS });
    await releaseUploads(owner, [sha256], NOW + 5);
    expect(await findUpload(owner, sha256)).toMatchObject({ held_until: NOW + 5 + UPLOAD_KEPT_MS });
    await holdUploads(owner, [], NOW);
  });
});

describe("deleteUpload", () => {
  const unfinished: Status[] = ["submitting", "queued", "processing", "unconfirmed"];
  it.each(unfinished)("waits for a generation that is %s", async (status) => {
    const owner = hash();
    const { sha256 } = await stored(owner);
    const id = await pressed(owner, [sha256], status);
    expect(await deleteUpload(owner, sha256)).toBe("in_use");
    expect(await findUsed(id, sha256)).toMatchObject({ owner, sha256 });
    await (await db()).updateTable("generations").set({ status: "succeeded" }).where("id", "=", id).execute();
    expect(await findUsed(id, sha256)).toBeUndefined();
    expect(await deleteUpload(owner, sha256)).toMatchObject({ sha256 });
    expect(await deleteUpload(owner, sha256)).toBeUndefined();
  });

  it("and a press at the same moment never end with a generation whose file is gone", async () => {
    const owner = hash();
    const rounds = Array.from({ length: 12 }, async () => {
      const { sha256 } = await stored(owner);
      const [press, deleted] = await Promise.allSettled([pressed(owner, [sha256]), deleteUpload(owner, sha256)]);
      const isThere = (await findUpload(owner, sha256)) !== undefined;
      return [press.status, deleted.status === "fulfilled" && deleted.value === "in_use", isThere].join();
    });
    for (const outcome of await Promise.all(rounds)) {
      expect(["fulfilled,true,true", "rejected,false,false"]).toContain(outcome);
    }
  });
});

describe("the list of earlier uploads", () => {
  it("comes newest first, in pages, each upload once", async () => {
    const owner = hash();
    // Some share a moment: the order among them is by hash.
    const rows = [];
    for (let index = 0; index < 60; index++) rows.push(await stored(owner, {}, NOW + Math.floor(index / 3)));
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page = await uploadsPage(owner, next);
      seen.push(...page.uploads.map((one) => one.sha256));
      next = page.next;
    } while (next);
    const newestFirst = rows.toSorted((a, b) => b.created_at - a.created_at || (a.sha256 < b.sha256 ? 1 : -1));
    expect(seen).toEqual(newestFirst.map((row) => row.sha256));
    expect((await uploadsPage(owner, "1'; drop table uploads")).uploads).toHaveLength(24);
  });
});
