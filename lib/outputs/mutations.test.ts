import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import type { VaultRow } from "@/lib/db/schema";
import { enterStatus, updateFavorite } from "@/lib/generations/mutations";
import { findCopy, listDueCopies } from "@/lib/outputs/data";
import {
  claimCopy,
  failCopy,
  hasRoom,
  type Kept,
  keepCopy,
  loseCopy,
  postponeCopy,
  removeOutputs,
  renewCopy,
  shrinkVault,
} from "@/lib/outputs/mutations";
import { COPY_LEASE_MS } from "@/lib/outputs/policy";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const OWNER = "owner";

/** A generation that succeeds now. */
async function succeeded(outputs = 1): Promise<string> {
  const { id } = await storePress({ owner: OWNER }, { now: NOW });
  const list = Array.from({ length: outputs }, (_, index) => ({ kind: "video", url: `https://example.com/${index}` }));
  await enterStatus(id, "succeeded", { outputs: JSON.stringify(list), finished_at: NOW, due_at: null });
  return id;
}

const copyOf = async (generation: string, index = 0) => (await findCopy(generation, index)) as VaultRow;

/** The time from which on anything that was just made due is due. */
const soon = () => Date.now() + 1;

async function claimed(generation: string, now = soon()): Promise<VaultRow> {
  const claim = await claimCopy({ generation, output_index: 0 }, now);
  if (!claim) throw new Error("Somebody else has it");
  return claim;
}

const FILE = { host_key: null, host_url: null, mime: "video/mp4", etag: null, modified_at: null };
const fileOf = (generation: string, bytes: number): Kept => ({ ...FILE, path: `ab/${generation}-0`, bytes });

async function kept(bytes: number, at: number, maxBytes = Number.MAX_SAFE_INTEGER): Promise<string> {
  const id = await succeeded();
  await keepCopy(await claimed(id), fileOf(id, bytes), maxBytes, at);
  return id;
}

/** Every test has the vault to itself: what it holds in all is what they are about. */
beforeEach(async () => {
  await (await db()).deleteFrom("vault").execute();
});

describe("when a generation succeeds", () => {
  it("each of its outputs is due at that moment, and no later", async () => {
    const id = await succeeded(2);
    expect(await copyOf(id, 0)).toMatchObject({ state: "due", attempts: 0, path: null });
    expect(await copyOf(id, 1)).toMatchObject({ state: "due" });
    expect(await findCopy(id, 2)).toBeUndefined();
    expect((await listDueCopies(soon(), 10)).filter(({ generation }) => generation === id)).toHaveLength(2);
  });

  it("that happens once: the same end told again begins nothing anew", async () => {
    const id = await kept(1, NOW);
    expect(await enterStatus(id, "succeeded", { outputs: '[{"kind":"video","url":"https://example.com"}]' })).toBe(
      false,
    );
    expect((await copyOf(id)).state).toBe("kept");
  });

  it.each(["failed", "cancelled"] as const)("nothing is due of one that %s", async (status) => {
    const { id } = await storePress({ owner: OWNER }, { now: NOW });
    await enterStatus(id, status, { outputs: '[{"kind":"video","url":"https://example.com"}]', due_at: null });
    expect(await findCopy(id, 0)).toBeUndefined();
  });

  it("nothing is due of one that its owner has deleted meanwhile", async () => {
    const { id } = await storePress({ owner: OWNER }, { now: NOW });
    await (await db()).updateTable("generations").set({ deleted_at: NOW }).where("id", "=", id).execute();
    await enterStatus(id, "succeeded", { outputs: '[{"kind":"video","url":"https://example.com"}]', due_at: null });
    expect(await findCopy(id, 0)).toBeUndefined();
  });
});

describe("a claim", () => {
  it("is won by one of many", async () => {
    const id = await succeeded();
    const now = soon();
    const tries = Array.from({ length: 20 }, () => claimCopy({ generation: id, output_index: 0 }, now));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it("lasts a lease, and as long as it is renewed", async () => {
    const id = await succeeded();
    const [key, now] = [{ generation: id, output_index: 0 }, soon()];
    const claim = await claimed(id, now);
    expect(await claimCopy(key, now + COPY_LEASE_MS - 1)).toBeUndefined();
    const renewed = await renewCopy(claim, now + COPY_LEASE_MS - 1);
    expect(renewed?.due_at).toBe(now + 2 * COPY_LEASE_MS - 1);
    expect(await claimCopy(key, now + COPY_LEASE_MS)).toBeUndefined();
    expect(await claimCopy(key, now + 2 * COPY_LEASE_MS)).toMatchObject({ attempts: 2 });
  });

  it("that ran out and is somebody else's changes nothing any more", async () => {
    const id = await succeeded();
    const now = soon();
    const old = await claimed(id, now);
    const fresh = await claimed(id, now + COPY_LEASE_MS);
    expect(await renewCopy(old, now + COPY_LEASE_MS)).toBeUndefined();
    await postponeCopy(old, "full", 1);
    await failCopy(old, "failed");
    expect(await keepCopy(old, fileOf(id, 1), 10, now)).toEqual({ isKept: false, dropped: [] });
    expect(await copyOf(id)).toEqual(fresh);
  });

  it("is given back as due, or as waiting for the disk", async () => {
    const id = await succeeded();
    await postponeCopy(await claimed(id), "full", 1);
    expect(await copyOf(id)).toMatchObject({ state: "full", due_at: 1, attempts: 1 });
    await postponeCopy(await claimed(id), "due", 2, 7);
    expect(await copyOf(id)).toMatchObject({ state: "due", due_at: 2, attempts: 7 });
  });
});

describe("the room of the vault", () => {
  it("is made by the oldest, and by no more of them than it takes", async () => {
    const [first, second, third] = [await kept(40, 1), await kept(40, 2), await kept(20, 3)];
    const id = await succeeded();
    const { isKept, dropped } = await keepCopy(await claimed(id), fileOf(id, 30), 100, 4);
    expect([isKept, dropped.map(({ generation }) => generation)]).toEqual([true, [first]]);
    expect(dropped[0]?.path).toBe(`ab/${first}-0`);
    expect(await copyOf(first)).toMatchObject({ state: "dropped", path: null, due_at: null });
    expect([(await copyOf(second)).state, (await copyOf(third)).state, (await copyOf(id)).state]).toEqual([
      ...["kept", "kept", "kept"],
    ]);
  });

  it("is never made by one with a star: then the new one is not taken, and nothing is dropped", async () => {
    const [starred, plain] = [await kept(60, 1), await kept(30, 2)];
    await updateFavorite(OWNER, starred, true);
    expect([await hasRoom(40, 100), await hasRoom(41, 100)]).toEqual([true, false]);
    const big = await succeeded();
    expect(await keepCopy(await claimed(big), fileOf(big, 41), 100, 3)).toEqual({ isKept: false, dropped: [] });
    expect(await copyOf(big)).toMatchObject({ state: "dropped", path: null, due_at: null });
    expect((await copyOf(plain)).state).toBe("kept");
    const small = await succeeded();
    expect((await keepCopy(await claimed(small), fileOf(small, 40), 100, 4)).dropped).toMatchObject([
      { generation: plain },
    ]);
    expect((await copyOf(starred)).state).toBe("kept");
  });

  it("is enough for what many servers take at once", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => succeeded()));
    const claims = await Promise.all(ids.map((id) => claimed(id)));
    await Promise.all(claims.map((claim, at) => keepCopy(claim, fileOf(claim.generation, 30), 100, at)));
    const states = await Promise.all(ids.map(async (id) => (await copyOf(id)).state));
    expect(states.filter((state) => state === "kept")).toHaveLength(3);
    expect(states.filter((state) => state === "dropped")).toHaveLength(9);
  });

  it("shrinks when its owner makes it smaller, but for what has a star", async () => {
    const [starred, plain] = [await kept(60, 1), await kept(30, 2)];
    await updateFavorite(OWNER, starred, true);
    expect(await shrinkVault(90, NOW)).toEqual([]);
    expect(await shrinkVault(50, NOW)).toMatchObject([{ generation: plain }]);
    expect((await copyOf(starred)).state).toBe("kept");
  });
});

describe("a copy at UploadThing", () => {
  const hosted = (bytes: number, host_key: string): Kept => ({
    ...{ ...FILE, path: null, bytes, host_key, host_url: `https://example.ufs.sh/f/${host_key}` },
  });
  const doomed = async (key: string) => {
    const query = (await db()).selectFrom("upload_arrivals").select("delete_at").where("host_key", "=", key);
    return (await query.executeTakeFirst())?.delete_at ?? null;
  };

  it("is deleted there when it makes room, when it is not taken, and with its generation", async () => {
    const keys = [randomUUID(), randomUUID(), randomUUID()] as const;
    const [first, second] = [await succeeded(), await succeeded()];
    await keepCopy(await claimed(first), hosted(80, keys[0]), 100, 1);
    const lost = await claimed(second);
    await (await db()).updateTable("vault").set({ due_at: 1 }).where("generation", "=", second).execute();
    expect((await keepCopy(lost, hosted(1, keys[1]), 100, 2)).isKept).toBe(false);
    expect([await doomed(keys[0]), await doomed(keys[1])]).toEqual([null, 2]);
    await keepCopy(await claimed(second), hosted(80, keys[2]), 100, 3);
    expect([await doomed(keys[0]), await doomed(keys[2])]).toEqual([3, null]);
    await (await db()).transaction().execute((trx) => removeOutputs(trx, second));
    expect(await doomed(keys[2])).toBeGreaterThan(0);
  });
});

describe("what is forgotten", () => {
  it("a copy that vanished is due anew, once", async () => {
    const id = await kept(1, 5);
    const copy = await copyOf(id);
    await loseCopy(copy, NOW);
    expect(await copyOf(id)).toMatchObject({ state: "due", due_at: NOW, attempts: 0, path: null, kept_at: null });
    await keepCopy(await claimed(id), fileOf(id, 2), 100, 6);
    await loseCopy(copy, NOW);
    expect((await copyOf(id)).state).toBe("kept");
  });

  it("of a deleted generation every output is, also one that is being copied", async () => {
    const id = await succeeded(2);
    const claim = await claimed(id);
    const removed = await (await db()).transaction().execute((trx) => removeOutputs(trx, id));
    expect(removed).toHaveLength(2);
    expect(await findCopy(id, 0)).toBeUndefined();
    expect(await renewCopy(claim, NOW)).toBeUndefined();
    expect((await keepCopy(claim, fileOf(id, 1), 100, NOW)).isKept).toBe(false);
  });
});
