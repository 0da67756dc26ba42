import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { countServers } from "@/lib/servers/data";
import { deleteServer, insertServer, touchServer } from "@/lib/servers/mutations";
import { FORGET_MS, LIVE_MS } from "@/lib/servers/policy";
import { finishWork, inFlight, isStopping } from "@/lib/servers/service";
import { dataDirId } from "@/lib/servers/store";

describe("the servers of one database", () => {
  const now = 1_700_000_000_000;
  const first = { id: "first", dataDir: "a" };

  it("see each other, refuse one with files of its own, and forget the dead", async () => {
    expect(await insertServer(first, false, now)).toBe(true);
    expect(await insertServer({ id: "second", dataDir: "a" }, false, now)).toBe(true);
    expect(await countServers(now)).toBe(2);

    expect(await insertServer({ id: "third", dataDir: "b" }, false, now)).toBe(false);
    expect(await countServers(now)).toBe(2);
    // With UploadThing the files are elsewhere.
    expect(await insertServer({ id: "third", dataDir: "b" }, true, now)).toBe(true);
    await deleteServer("third");

    await touchServer(first, now + LIVE_MS);
    expect(await countServers(now + LIVE_MS)).toBe(1);
    expect(await insertServer({ id: "fourth", dataDir: "b" }, false, now + 2 * LIVE_MS)).toBe(true);
    await insertServer({ id: "fifth", dataDir: "b" }, false, now + LIVE_MS + FORGET_MS + 1);
    const rows = await (await db()).selectFrom("servers").select("id").orderBy("id").execute();
    expect(rows.map((row) => row.id)).toEqual(["fifth", "fourth"]);
  });

  it("of which one was taken for dead, and forgotten, are all there again", async () => {
    await touchServer({ id: "slept", dataDir: "a" }, 5 * now);
    expect(await countServers(5 * now)).toBe(1);
  });
});

describe("the id of a data folder", () => {
  it("is made once, whoever asks first", async () => {
    const folder = path.join(mkdtempSync(path.join(tmpdir(), "playground-id-")), "data");
    const ids = await Promise.all(Array.from({ length: 8 }, () => dataDirId(folder)));
    expect(new Set(ids).size).toBe(1);
    expect(readFileSync(path.join(folder, "id"), "utf8").trim()).toBe(ids[0]);
  });

  it("that is none is said so", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "playground-id-"));
    writeFileSync(path.join(folder, "id"), "something else");
    await expect(dataDirId(folder)).rejects.toThrow("does not hold the id");
  });
});

it("a server that is told to stop finishes what has begun, and what that begins, but no more than its time", async () => {
  let isDone = false;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  void inFlight(async () => {
    await pause(50);
    void inFlight(async () => {
      await pause(50);
      isDone = true;
    });
  });
  expect(isStopping()).toBe(false);
  expect(await finishWork(5_000)).toBe(true);
  expect([isDone, isStopping()]).toEqual([true, true]);
  void inFlight(() => pause(2_000));
  const from = Date.now();
  expect(await finishWork(100)).toBe(false);
  expect(Date.now() - from).toBeLessThan(1_000);
});
