import "server-only";
import type { UpdateObject } from "kysely";
import { type Db, db } from "@/lib/db/client";
import { lockFor } from "@/lib/db/lock";
import type { Database, GenerationRow, VaultRow } from "@/lib/db/schema";
import { type CopyKey, sumKept } from "@/lib/outputs/data";
import { COPY_LEASE_MS } from "@/lib/outputs/policy";
import { doomHosted, spareHosted } from "@/lib/uploadthing/mutations";
import { ARRIVAL_KEPT_MS } from "@/lib/uploadthing/policy";

const DROP_BATCH = 50;

type Change = UpdateObject<Database, "vault">;

/** What a kept copy is, and where: `path` in our own store, or the two names of a place at UploadThing. */
export type Kept = Pick<VaultRow, "path" | "host_key" | "host_url" | "mime" | "etag" | "modified_at"> & {
  bytes: number;
};

const NOWHERE = { path: null, host_key: null, host_url: null, kept_at: null } satisfies Change;

/**
 * In the transaction in which a generation succeeds: its outputs are to be copied from now on. Nothing for a row that its
 * owner has deleted meanwhile.
 */
export async function insertCopies(
  trx: Db,
  row: Pick<GenerationRow, "id" | "outputs" | "deleted_at">,
  now: number,
): Promise<void> {
  const outputs = JSON.parse(row.outputs ?? "[]") as unknown[];
  if (outputs.length === 0 || row.deleted_at !== null) return;
  await trx
    .insertInto("vault")
    .values(outputs.map((_, output_index) => ({ generation: row.id, output_index, state: "due", due_at: now })))
    .onConflict((conflict) => conflict.columns(["generation", "output_index"]).doNothing())
    .execute();
}

/** Claims a copy for `COPY_LEASE_MS`; undefined when it is not due or somebody else was first. */
export async function claimCopy({ generation, output_index }: CopyKey, now: number): Promise<VaultRow | undefined> {
  return (await db())
    .updateTable("vault")
    .set((set) => ({ due_at: now + COPY_LEASE_MS, attempts: set("attempts", "+", 1) }))
    .where("generation", "=", generation)
    .where("output_index", "=", output_index)
    .where("due_at", "<=", now)
    .returningAll()
    .executeTakeFirst();
}

/** Writes to a copy while it is held by this very claim, whose `due_at` nobody else has; undefined once it is not. */
async function changeClaimed(handle: Db, claim: VaultRow, change: Change): Promise<VaultRow | undefined> {
  return handle
    .updateTable("vault")
    .set(change)
    .where("generation", "=", claim.generation)
    .where("output_index", "=", claim.output_index)
    .where("due_at", "=", claim.due_at)
    .returningAll()
    .executeTakeFirst();
}

/** Makes a claim last `COPY_LEASE_MS` from now; undefined when it was lost, or its generation was deleted. */
export async function renewCopy(claim: VaultRow, now: number): Promise<VaultRow | undefined> {
  return changeClaimed(await db(), claim, { due_at: now + COPY_LEASE_MS });
}

/** Gives a claim back: the copy is tried again at `dueAt`, with its attempts counted anew if it has come further. */
export async function postponeCopy(
  claim: VaultRow,
  state: "due" | "full",
  dueAt: number,
  attempts = claim.attempts,
): Promise<void> {
  await changeClaimed(await db(), claim, { state, due_at: dueAt, attempts });
}

/** The copy cannot be had. */
export async function failCopy(claim: VaultRow, state: "failed" | "too_large" | "dropped"): Promise<void> {
  await changeClaimed(await db(), claim, { ...NOWHERE, state, due_at: null });
}

/**
 * A copy is about to be put at UploadThing under this key: it is deleted there after a day unless `keepCopy` takes it. A server can
 * die in between, and an answer be lost, when nobody else would ever know of the file.
 */
export async function announceCopy(host_key: string, now: number): Promise<void> {
  await doom(await db(), { host_key, bytes: null }, now + ARRIVAL_KEPT_MS);
}

/**
 * Takes a copy whose bytes are safe into the vault, whose kept copies never have more than `maxBytes` together: the oldest
 * without a star make room. Where only those with a star would be left to go, the new one is not taken (`dropped`).
 * `isKept` is false then, and when the claim was lost; the caller removes the bytes, as it does those of `dropped`. A file at
 * UploadThing that is not taken is deleted there.
 */
export async function keepCopy(
  claim: VaultRow,
  kept: Kept,
  maxBytes: number,
  now: number,
): Promise<{ isKept: boolean; dropped: VaultRow[] }> {
  return (await db()).transaction().execute(async (trx) => {
    await lockFor(trx, "vault");
    const dropped = await makeRoom(trx, kept.bytes, maxBytes, now);
    const change: Change = dropped
      ? { ...kept, state: "kept", due_at: null, kept_at: now }
      : { ...NOWHERE, state: "dropped", due_at: null };
    const isKept = (await changeClaimed(trx, claim, change)) !== undefined && dropped !== null;
    if (isKept) await spareHosted(trx, kept.host_key);
    else await doom(trx, kept, now);
    return { isKept, dropped: dropped ?? [] };
  });
}

/** Whether a file of `bytes` will find room beside what has a star; what else lies there would go. */
export async function hasRoom(bytes: number, maxBytes: number): Promise<boolean> {
  return (await sumKept(await db())).starred + bytes <= maxBytes;
}

/** Drops what is more than `maxBytes`, after its owner made the vault smaller. The caller removes the bytes. */
export async function shrinkVault(maxBytes: number, now: number): Promise<VaultRow[]> {
  return (await db()).transaction().execute(async (trx) => {
    await lockFor(trx, "vault");
    const { starred } = await sumKept(trx);
    return (await makeRoom(trx, 0, Math.max(maxBytes, starred), now)) ?? [];
  });
}

/** Drops the oldest copies without a star until `bytes` more fit; null, and nothing dropped, when they cannot. */
async function makeRoom(trx: Db, bytes: number, maxBytes: number, now: number): Promise<VaultRow[] | null> {
  const sums = await sumKept(trx);
  if (sums.starred + bytes > maxBytes) return null;
  const dropped: VaultRow[] = [];
  for (let excess = sums.all + bytes - maxBytes; excess > 0; ) {
    const oldest = await trx
      .selectFrom("vault")
      .innerJoin("generations", "generations.id", "vault.generation")
      .selectAll("vault")
      .where("state", "=", "kept")
      .where("favorite", "=", 0)
      .orderBy("kept_at")
      .orderBy("generation")
      .limit(DROP_BATCH)
      .execute();
    if (oldest.length === 0) break;
    for (const copy of oldest) {
      if (excess <= 0) break;
      await drop(trx, copy, now);
      dropped.push(copy);
      excess -= copy.bytes ?? 0;
    }
  }
  return dropped;
}

async function drop(trx: Db, copy: VaultRow, now: number): Promise<void> {
  await trx
    .updateTable("vault")
    .set({ ...NOWHERE, state: "dropped", due_at: null })
    .where("generation", "=", copy.generation)
    .where("output_index", "=", copy.output_index)
    .execute();
  await doom(trx, copy, now);
}

/** The copy's file is not there any more, though its row says so: it is copied anew while MindVideo's link lives. */
export async function loseCopy(copy: VaultRow, now: number): Promise<void> {
  await (await db())
    .updateTable("vault")
    .set({ ...NOWHERE, state: "due", due_at: now, attempts: 0 })
    .where("generation", "=", copy.generation)
    .where("output_index", "=", copy.output_index)
    .where("state", "=", "kept")
    .where("kept_at", "=", copy.kept_at)
    .execute();
}

/**
 * In the transaction that deletes a generation, after its row is locked: the vault forgets its outputs, also those that are
 * being copied at this moment. What is returned goes to `removeCopies` once the transaction has ended.
 */
export async function removeOutputs(trx: Db, generation: string): Promise<VaultRow[]> {
  await lockFor(trx, "vault");
  const removed = await trx.deleteFrom("vault").where("generation", "=", generation).returningAll().execute();
  for (const copy of removed) await doom(trx, copy, Date.now());
  return removed;
}

/** Its file at UploadThing is to be deleted; nothing for a copy in our own store. It is no visitor's upload. */
const doom = (trx: Db, { host_key, bytes }: Pick<VaultRow, "host_key" | "bytes">, now: number): Promise<void> =>
  doomHosted(trx, { host_key, owner: "", kind: "video", name: "", bytes: bytes ?? 0 }, now);
