import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { createGeneration } from "@/lib/presses/mutations";
import { removeOne } from "@/lib/removals/service";
import { createSandbox } from "@/lib/sandbox/handler";
import { createStore } from "@/lib/sandbox/store";
import { forgetTasks, removeOldest } from "@/lib/sandbox/sweep";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "playground-sandbox-"));
  mkdirSync(path.join(folder, "media"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: number, writtenAt: number) {
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.alloc(bytes));
  utimesSync(file, writtenAt / 1_000, writtenAt / 1_000);
}

const left = () => readdirSync(folder, { recursive: true }).sort();

it("removes the oldest files, clips and pictures alike, until what is left fits", async () => {
  put("first.mp4", 40, 1_000);
  put("media/second", 40, 2_000);
  put("third.mp4", 40, 3_000);
  put("fourth.mp4", 40, 4_000);
  expect(await removeOldest(folder, 160, 10_000)).toBe(0);
  expect(await removeOldest(folder, 100, 10_000)).toBe(2);
  expect(left()).toEqual(["fourth.mp4", "media", "third.mp4"]);
});

it("leaves what is young, however much it is, and finds nothing where there was no sandbox yet", async () => {
  put("old.mp4", 40, 1_000);
  put("young.mp4", 400, 2_000);
  expect(await removeOldest(folder, 10, 2_000)).toBe(1);
  expect(left()).toEqual(["media", "young.mp4"]);
  expect(await removeOldest(path.join(folder, "nowhere"), 0, 2_000)).toBe(0);
});

describe("what the sandbox remembers", () => {
  const HOUR = 60 * 60_000;
  const NOW = Date.now();
  const ROOMY = { active: 1_000, perMinute: 1_000, perMinuteAll: 1_000, spend: { all: null, visitor: null } };
  const PICTURES = ["A", "B"].map((letter) => `data:image/png;base64,${letter.repeat(400)}`) as [string, string];

  async function open() {
    const handle = await db();
    await handle.deleteFrom("sandbox_tasks").execute();
    const render = async () => ({ bytes: new Uint8Array(10), width: 16, height: 16, seconds: 1 });
    const sandbox = createSandbox({ db: handle, dataDir: folder, secondsPerTask: 0.001, render, now: () => NOW });
    const post = async (input: object, key: string = randomUUID()) => {
      const headers = { authorization: "Bearer mv_sandbox", "idempotency-key": key };
      const body = JSON.stringify({ model: "viduq3-pro", input });
      const url = "http://sandbox.internal/sandbox/api/v1/tasks";
      const { task_id } = await (await sandbox.fetch(new Request(url, { method: "POST", headers, body }))).json();
      await sandbox.idle();
      return { key, id: task_id as string };
    };
    return {
      post,
      /** A submission that a press here made; what its owner has of it is a clip. */
      async pressed(input: object) {
        const made = await post(input);
        const facts = { owner: "owner", model: "viduq3-pro", input: "{}", prompt: null, parentId: null, files: [] };
        const press = { id: made.key, ...facts, settings: "settings", upstream: "sandbox" as const };
        const created = await createGeneration(press, ROOMY, NOW);
        if (!created.ok) throw new Error(created.error.code);
        await handle.updateTable("generations").set({ status: "succeeded" }).where("id", "=", made.key).execute();
        return made;
      },
      keys: async () =>
        (await handle.selectFrom("sandbox_tasks").select("idempotency_key").execute()).map(
          (row) => row.idempotency_key,
        ),
      forget: (now: number) => forgetTasks(createStore(folder), now),
    };
  }
  const clipOf = (id: string) => existsSync(path.join(folder, `sandbox/${id}.mp4`));
  const pictures = () => readdirSync(path.join(folder, "sandbox/media")).length;

  it("goes within hours once its clip was deleted, and lasts as long as a clip that was not", async () => {
    const { pressed, keys, forget } = await open();
    const [deleted, kept] = [
      await pressed({ prompt: "secret words", image_urls: PICTURES }),
      await pressed({ prompt: "kept", image_urls: [PICTURES[1]] }),
    ];
    expect([pictures(), clipOf(deleted.id), clipOf(kept.id)]).toEqual([2, true, true]);
    expect(await forget(NOW + 30 * 24 * HOUR)).toBe(0);
    await removeOne("owner", deleted.key);
    expect(await forget(NOW + HOUR - 1)).toBe(0);
    expect(await forget(NOW + HOUR + 60_000)).toBe(1);
    expect([await keys(), pictures(), clipOf(deleted.id), clipOf(kept.id)]).toEqual([[kept.key], 1, false, true]);
    await removeOne("owner", kept.key);
    await forget(NOW + HOUR + 60_000);
    expect([await keys(), pictures(), clipOf(kept.id)]).toEqual([[], 0, false]);
  });

  it("goes after a day when no press here made it, or it was refused", async () => {
    const { post, keys, forget } = await open();
    const [loose] = [await post({ prompt: "over HTTP" }), await post({ prompt: "[rate-limit]" })];
    expect(await keys()).toHaveLength(2);
    expect(await forget(NOW + 24 * HOUR - 1)).toBe(0);
    expect(await forget(NOW + 24 * HOUR)).toBe(2);
    expect([await keys(), clipOf(loose.id)]).toEqual([[], false]);
  });

  it("is looked through to its end, however much it is", async () => {
    const { post, keys, forget } = await open();
    await post({ prompt: "[rate-limit]" });
    const [row] = await (await db()).selectFrom("sandbox_tasks").selectAll().execute();
    if (!row) throw new Error("Nothing was remembered");
    const many = Array.from({ length: 1_100 }, () => ({ ...row, id: randomUUID(), idempotency_key: randomUUID() }));
    for (let at = 0; at < many.length; at += 100) {
      await (await db())
        .insertInto("sandbox_tasks")
        .values(many.slice(at, at + 100))
        .execute();
    }
    expect(await forget(NOW + 24 * HOUR)).toBe(1_101);
    expect(await keys()).toEqual([]);
  });
});
