import { createHash, randomBytes, randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import type { Status } from "@/lib/generations/transitions";
import { findUpload } from "@/lib/uploads/data";
import { deleteUpload, holdUploads, saveUpload } from "@/lib/uploads/mutations";
import { UPLOAD_HELD_MS, UPLOAD_KEPT_MS } from "@/lib/uploads/policy";
import { removeBytes } from "@/lib/uploads/service";
import { discardFile, uploadFile } from "@/lib/uploads/store";
import { removeUnused, sweepUploads, tidyFiles } from "@/lib/uploads/sweep";

const NOW = Date.now();
const newOwner = () => randomBytes(32).toString("hex");

async function put(file: string, bytes: Buffer) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

/** An upload of `owner`, with its file, that came at `now`. */
async function kept(owner: string, now = NOW, bytes = randomBytes(50)) {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await put(uploadFile(owner, sha256), bytes);
  const facts = { kind: "image" as const, mime: "image/png", width: 1, height: 1, duration_ms: null };
  const place = { host_key: null, host_url: null };
  await saveUpload({ sha256, owner, bytes: bytes.length, name: "a.png", ...facts, ...place }, now);
  return sha256;
}

async function pressed(owner: string, files: string[], change: { status: Status; deleted_at?: number }) {
  const { id } = await storePress({ owner, files }, { now: NOW });
  await (await db()).updateTable("generations").set(change).where("id", "=", id).execute();
}

const isThere = async (owner: string, sha256: string) => {
  const [row, file] = [await findUpload(owner, sha256), existsSync(uploadFile(owner, sha256))];
  expect(file, "the row and the file agree").toBe(row !== undefined);
  return file;
};

describe("removeUnused", () => {
  it("removes what nothing refers to after a day, not before", async () => {
    const owner = newOwner();
    const sha256 = await kept(owner);
    await removeUnused(NOW + UPLOAD_KEPT_MS - 1);
    expect(await isThere(owner, sha256)).toBe(true);
    await removeUnused(NOW + UPLOAD_KEPT_MS);
    expect(await isThere(owner, sha256)).toBe(false);
    expect(readdirSync(path.dirname(uploadFile(owner, sha256)))).toEqual([]);
  });

  it("leaves what a draft holds, for thirty days", async () => {
    const owner = newOwner();
    const sha256 = await kept(owner);
    await holdUploads(owner, [sha256], NOW);
    await removeUnused(NOW + UPLOAD_HELD_MS - 1);
    expect(await isThere(owner, sha256)).toBe(true);
    await removeUnused(NOW + UPLOAD_HELD_MS);
    expect(await isThere(owner, sha256)).toBe(false);
  });

  const uses: [string, { status: Status; deleted_at?: number }, stays: boolean][] = [
    ["a generation that is not over", { status: "processing" }, true],
    ["one whose state is not known", { status: "unconfirmed" }, true],
    ["one that is over and can be made again", { status: "succeeded" }, true],
    ["one that is deleted and not over", { status: "queued", deleted_at: NOW }, true],
    ["one that is deleted and over", { status: "failed", deleted_at: NOW }, false],
  ];
  it.each(uses)("when it is used by %s", async (_name, change, stays) => {
    const owner = newOwner();
    const sha256 = await kept(owner);
    await pressed(owner, [sha256], change);
    await removeUnused(NOW + 10 * UPLOAD_HELD_MS);
    expect(await isThere(owner, sha256)).toBe(stays);
  });

  it("takes one visitor's file and leaves another's, which is the same", async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const bytes = randomBytes(80);
    const sha256 = await kept(owner, NOW, bytes);
    await kept(other, NOW, bytes);
    await pressed(other, [sha256], { status: "succeeded" });
    await removeUnused(NOW + UPLOAD_KEPT_MS);
    expect(await isThere(owner, sha256)).toBe(false);
    expect(await isThere(other, sha256)).toBe(true);
  });

  it("goes on until nothing is left, also where there are many", async () => {
    const owner = newOwner();
    const hashes = [];
    for (let index = 0; index < 130; index++) hashes.push(await kept(owner, NOW - UPLOAD_KEPT_MS));
    await Promise.all([removeUnused(NOW), removeUnused(NOW)]);
    for (const sha256 of hashes) expect(await isThere(owner, sha256)).toBe(false);
  });
});

describe("a deletion", () => {
  it("gives back what was stored anew while it was under way", async () => {
    const owner = newOwner();
    const bytes = randomBytes(40);
    const sha256 = await kept(owner, NOW, bytes);
    const deleted = await deleteUpload(owner, sha256);
    if (!deleted || deleted === "in_use") throw new Error("It was not deleted");
    await kept(owner, NOW, bytes);
    await removeBytes(deleted);
    expect(await isThere(owner, sha256)).toBe(true);
  });

  it("of what is not there is fine", async () => {
    await discardFile(newOwner(), "0".repeat(64), async () => false);
  });
});

describe("tidyFiles", () => {
  const soon = () => Date.now() + 1_000;

  it("clears half files, bins and files nobody knows, and nothing that is known or young", async () => {
    const owner = newOwner();
    const sha256 = await kept(owner);
    const lost = uploadFile(owner, "1".repeat(64));
    const part = uploadFile(owner, `${randomUUID()}.part`);
    const bin = uploadFile(owner, `${"2".repeat(64)}.${randomUUID()}.bin`);
    const strange = uploadFile(owner, "README");
    for (const file of [lost, part, bin, strange]) await put(file, Buffer.from("x"));
    await tidyFiles(Date.now() - 60_000);
    expect([lost, part, bin].map((file) => existsSync(file))).toEqual([true, true, true]);
    await tidyFiles(soon());
    expect([lost, part, bin, strange].map((file) => existsSync(file))).toEqual([false, false, false, true]);
    expect(await isThere(owner, sha256)).toBe(true);
  });

  it("puts back a file that a server took away and died before it looked", async () => {
    const owner = newOwner();
    const sha256 = await kept(owner);
    await rename(uploadFile(owner, sha256), uploadFile(owner, `${sha256}.${randomUUID()}.bin`));
    await tidyFiles(soon());
    expect(await isThere(owner, sha256)).toBe(true);
    expect(readdirSync(path.dirname(uploadFile(owner, sha256)))).toEqual([sha256]);
  });

  it("goes by when a file was last moved, not by when it was written", async () => {
    const lost = uploadFile(newOwner(), "3".repeat(64));
    await put(lost, Buffer.from("x"));
    await utimes(lost, 0, 0);
    await tidyFiles(Date.now() - 60_000);
    expect(existsSync(lost)).toBe(true);
  });
});

it("sweeps every few minutes, however often it is asked", async () => {
  const owner = newOwner();
  const later = NOW + 20 * UPLOAD_HELD_MS;
  await sweepUploads(later);
  const sha256 = await kept(owner, NOW);
  await sweepUploads(later + 4 * 60_000);
  expect(await isThere(owner, sha256)).toBe(true);
  await sweepUploads(later + 5 * 60_000);
  expect(await isThere(owner, sha256)).toBe(false);
});
