import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { newPress, ROOMY, storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import { findGeneration, findOwned, listOwned, listRuns } from "@/lib/generations/data";
import { changeGeneration, enterStatus, saveEvents, stopWaiting } from "@/lib/generations/mutations";
import { STOP_WATCHING_AFTER_MS } from "@/lib/generations/policy";
import { pollAfterMs } from "@/lib/generations/reconcile";
import type { Status } from "@/lib/generations/transitions";
import { findCopy } from "@/lib/outputs/data";
import { copyFile, copyPath } from "@/lib/outputs/store";
import { createGeneration } from "@/lib/presses/mutations";
import { removeAll, removeOne, sweepRemoved } from "@/lib/removals/service";
import { findUpload } from "@/lib/uploads/data";
import { holdUploads, saveUpload } from "@/lib/uploads/mutations";
import { openPart, uploadFile } from "@/lib/uploads/store";

const LIMITS = { ...ROOMY, active: 3 };
const newOwner = () => createHash("sha256").update(randomUUID()).digest("hex");

async function upload(owner: string) {
  const part = await openPart(owner);
  await part.write(Buffer.from(randomUUID()));
  const sha256 = await part.finish();
  await part.keep();
  const facts = { kind: "image" as const, mime: "image/png", bytes: 36, width: 1, height: 1, duration_ms: null };
  await saveUpload({ sha256, owner, name: "a.png", ...facts, host_key: null, host_url: null }, Date.now());
  return sha256;
}

function pressOf(owner: string, files: string[] = [], id: string = randomUUID()) {
  const prompt = "secret words";
  return newPress({ id, owner, files, prompt, input: JSON.stringify({ prompt, image_urls: files }) });
}

const WHOLE = {
  task_id: "task",
  request_id: "r",
  accepted_at: 1,
  outputs: "[]",
  events: "[]",
  error: "{}",
  favorite: 1,
};

async function generation(owner: string, status: Status, files: string[] = []) {
  const { id } = await storePress(pressOf(owner, files));
  await (await db())
    .updateTable("generations")
    .set({ ...WHOLE, status })
    .where("id", "=", id)
    .execute();
  return id;
}

const isThere = async (owner: string, sha256: string) =>
  (await findUpload(owner, sha256)) !== undefined || existsSync(uploadFile(owner, sha256));

describe("deleting one", () => {
  it("leaves a tombstone that holds nothing but its id, and the id stays taken", async () => {
    const owner = newOwner();
    const id = await generation(owner, "succeeded");
    expect(await removeOne(owner, id)).toBe(true);
    const row = await findGeneration(id);
    expect(row).toMatchObject({ id, owner: "", input: "{}", status: "succeeded", deleted_at: expect.any(Number) });
    for (const name of [
      "prompt",
      "events",
      "error",
      "outputs",
      "share_hash",
      "task_id",
      "request_id",
      "due_at",
    ] as const) {
      expect(row?.[name], name).toBeNull();
    }
    expect(JSON.stringify(row)).not.toContain("secret");
    expect(JSON.stringify(row)).not.toContain(owner);
    expect(await findOwned(owner, [id])).toEqual([]);
    expect(await createGeneration(pressOf(owner, [], id), LIMITS, Date.now())).toMatchObject({
      error: { code: "id_conflict" },
    });
    expect(await createGeneration(pressOf("", [], id), LIMITS, Date.now())).toMatchObject({
      error: { code: "id_conflict" },
    });
    expect(await removeOne(owner, id)).toBe(false);
    // Events that were on their way, and what is learned from finished runs.
    await saveEvents(id, '[{"at":1}]', null);
    expect((await findGeneration(id))?.events).toBeNull();
    expect((await listRuns("viduq3-pro")).filter(({ input }) => input === "{}")).toEqual([]);
  });

  it("takes its copies along", async () => {
    const owner = newOwner();
    const id = await generation(owner, "succeeded");
    const copy = copyPath(id, 0);
    mkdirSync(path.dirname(copyFile(copy)), { recursive: true });
    writeFileSync(copyFile(copy), "film");
    await (await db())
      .insertInto("vault")
      .values({ generation: id, output_index: 0, state: "kept", path: copy, bytes: 4, mime: "video/mp4", kept_at: 1 })
      .execute();
    await removeOne(owner, id);
    expect(existsSync(copyFile(copy))).toBe(false);
    expect(await findCopy(id, 0)).toBeUndefined();
  });

  it("is for its owner alone", async () => {
    const owner = newOwner();
    const id = await generation(owner, "succeeded");
    for (const other of [newOwner(), ""]) expect(await removeOne(other, id)).toBe(false);
    expect((await findGeneration(id))?.deleted_at).toBeNull();
  });

  it("hides what is still being made, which counts as running, and buries it when it ends", async () => {
    const owner = newOwner();
    const file = await upload(owner);
    const id = await generation(owner, "processing", [file]);
    await changeGeneration(id, ["processing"], { accepted_at: Date.now() });
    expect(await removeOne(owner, id)).toBe(true);
    expect(await findOwned(owner, [id])).toEqual([]);
    await sweepRemoved(Date.now());
    expect(await findGeneration(id)).toMatchObject({ owner, status: "processing", prompt: "secret words" });
    expect(await isThere(owner, file)).toBe(true);
    expect(await createGeneration(pressOf(owner, [file], id), LIMITS, Date.now())).toMatchObject({
      error: { code: "id_conflict" },
    });
    await generation(owner, "queued");
    await generation(owner, "queued");
    const full = await createGeneration(pressOf(owner), LIMITS, Date.now());
    expect(full).toMatchObject({ error: { code: "too_many_active" } });
    await enterStatus(id, "succeeded", { due_at: null });
    await sweepRemoved(Date.now());
    expect(await findGeneration(id)).toMatchObject({ owner: "", prompt: null });
    expect(await isThere(owner, file)).toBe(false);
  });

  it("decides what was unconfirmed, before and after", async () => {
    const owner = newOwner();
    const [before, after] = [await generation(owner, "unconfirmed"), await generation(owner, "submitting")];
    for (const id of [before, after]) expect(await removeOne(owner, id)).toBe(true);
    expect(await findGeneration(before)).toMatchObject({ owner: "", status: "failed" });
    await enterStatus(after, "unconfirmed", { due_at: null });
    await sweepRemoved(Date.now());
    expect(await findGeneration(after)).toMatchObject({ owner: "", status: "failed" });
  });

  it("takes the uploads along that nothing else uses: no other generation, and no draft", async () => {
    const owner = newOwner();
    const [alone, twice, drafted] = [await upload(owner), await upload(owner), await upload(owner)];
    const id = await generation(owner, "succeeded", [alone, twice, drafted]);
    const other = await generation(owner, "failed", [twice]);
    await holdUploads(owner, [drafted], Date.now());
    await removeOne(owner, id);
    expect(await Promise.all([alone, twice, drafted].map((sha256) => isThere(owner, sha256)))).toEqual([
      false,
      true,
      true,
    ]);
    await removeOne(owner, other);
    expect(await isThere(owner, twice)).toBe(false);
  });
});

describe("deleting everything", () => {
  it("leaves nothing but what is still being made, and that goes when it ends", async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const [used, loose, running] = [await upload(owner), await upload(owner), await upload(owner)];
    const done = await generation(owner, "succeeded", [used]);
    const unsure = await generation(owner, "unconfirmed");
    const busy = await generation(owner, "processing", [running]);
    const foreign = await generation(other, "succeeded", [await upload(other)]);
    await holdUploads(owner, [loose, running], Date.now());
    expect(await removeAll(owner)).toEqual({ running: 1 });
    expect(await listOwned(owner, 10, null)).toEqual([]);
    for (const id of [done, unsure]) expect((await findGeneration(id))?.owner).toBe("");
    expect(await Promise.all([used, loose, running].map((sha256) => isThere(owner, sha256)))).toEqual([
      false,
      false,
      true,
    ]);
    await enterStatus(busy, "failed", { due_at: null });
    await sweepRemoved(Date.now());
    expect((await findGeneration(busy))?.owner).toBe("");
    expect(await isThere(owner, running)).toBe(false);
    expect(await removeAll(owner)).toEqual({ running: 0 });
    expect(await findGeneration(foreign)).toMatchObject({ owner: other, prompt: "secret words" });
  });
});

describe("stop watching", () => {
  it("is for its owner, ten minutes after it was accepted, and takes it off the page's questions", async () => {
    const owner = newOwner();
    const id = await generation(owner, "processing");
    const accepted = Date.now();
    await (await db()).updateTable("generations").set({ accepted_at: accepted }).where("id", "=", id).execute();
    expect(await stopWaiting(owner, id, accepted + STOP_WATCHING_AFTER_MS - 1)).toBe(false);
    expect(await stopWaiting(newOwner(), id, accepted + STOP_WATCHING_AFTER_MS)).toBe(false);
    expect(await stopWaiting(owner, id, accepted + STOP_WATCHING_AFTER_MS)).toBe(true);
    const [row] = await findOwned(owner, [id]);
    expect(row).toMatchObject({ stopped_at: accepted + STOP_WATCHING_AFTER_MS, status: "processing" });
    expect(pollAfterMs(row ? [row] : [])).toBeNull();
    const done = await generation(owner, "succeeded");
    expect(await stopWaiting(owner, done, accepted + 2 * STOP_WATCHING_AFTER_MS)).toBe(false);
  });

  it("happens by itself to what is hidden, and never sooner", async () => {
    const [owner, now] = [newOwner(), Date.now()];
    const [old, young] = [await generation(owner, "processing"), await generation(owner, "processing")];
    await (await db()).updateTable("generations").set({ accepted_at: now }).where("id", "=", young).execute();
    for (const id of [old, young]) await removeOne(owner, id);
    await sweepRemoved(now);
    expect([(await findGeneration(old))?.stopped_at, (await findGeneration(young))?.stopped_at]).toEqual([now, null]);
  });
});
