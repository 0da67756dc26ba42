import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import type { VaultRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { findGeneration } from "@/lib/generations/data";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { type Found, fetchInto } from "@/lib/outputs/client";
import { listDueCopies } from "@/lib/outputs/data";
import { CopyError } from "@/lib/outputs/errors";
import { announceCopy, claimCopy, failCopy, keepCopy, postponeCopy, renewCopy } from "@/lib/outputs/mutations";
import {
  COPY_GIVE_UP_MS,
  COPY_RENEW_MS,
  copyAgainMs,
  DEAD_AFTER_MS,
  extensionOf,
  FULL_AGAIN_MS,
  judgeType,
  MAX_COPIES,
  MAX_ODD_ANSWERS,
  READER_WAIT_MS,
} from "@/lib/outputs/policy";
import { copyPath, NoPlaceError, openPart, type Part, removeFile } from "@/lib/outputs/store";
import { isUnavailable } from "@/lib/unavailable";
import { putAtHost } from "@/lib/uploadthing/client";

type Copies = {
  running: Set<Promise<unknown>>;
  taken: number;
  stop: AbortController;
  isFull: boolean;
  /** Whether somebody who was answered already waits for them. */
  isAwaited: boolean;
};

// On `globalThis` for the same reason as the database: Next bundles pages, routes and instrumentation apart.
const shared = globalThis as { playgroundCopies?: Copies };
const copies = (): Copies => {
  shared.playgroundCopies ??= {
    ...{ running: new Set(), taken: 0, stop: new AbortController() },
    ...{ isFull: false, isAwaited: false },
  };
  return shared.playgroundCopies;
};

/** Begins to copy what is due, as many at once as one server does, and goes on until nothing is. The answer is how many it began. */
export function startCopies(): Promise<number> {
  return during(copies(), takeDue(copies()));
}

/** What is under way is known, from the first look for it on. */
function during<T>(pool: Copies, work: Promise<T>): Promise<T> {
  const known = work.finally(() => pool.running.delete(known));
  pool.running.add(known);
  return known;
}

async function takeDue(pool: Copies): Promise<number> {
  let begun = 0;
  try {
    for (const key of await listDueCopies(Date.now(), MAX_COPIES)) {
      if (pool.taken >= MAX_COPIES || pool.stop.signal.aborted) break;
      pool.taken++;
      const claim = await claimCopy(key, Date.now()).catch((error) => {
        pool.taken--;
        throw error;
      });
      metrics().claims.inc({ of: "copy", outcome: claim ? "won" : "lost" });
      if (claim) {
        begun++;
        void during(pool, begin(pool, claim));
      } else {
        pool.taken--;
      }
    }
  } catch (error) {
    if (!isUnavailable(error)) log.error({ event: "copies_not_started", err: error });
  }
  return begun;
}

async function begin(pool: Copies, claim: VaultRow): Promise<void> {
  try {
    await copyClaimed(claim, pool.stop.signal);
  } catch (error) {
    // What goes wrong with us: the claim runs out, and somebody tries again.
    if (!isUnavailable(error)) log.error({ event: "copy_broken", generation: claim.generation, err: error });
  } finally {
    pool.taken--;
    void startCopies();
  }
}

/** Begins what is due and resolves when nothing is copied any more: for a host that ends a server once it has answered. */
export async function copiesUnderWay(): Promise<void> {
  await startCopies();
  for (let { running } = copies(); running.size > 0; ) await Promise.all(running);
}

/**
 * The same for a reader, of whom many may ask while one long copy is made: one of them at a time waits, and only for a while.
 * Each would otherwise hold its whole request in memory until nothing is copied any more, which on a busy server is never.
 */
export async function keepCopying(): Promise<void> {
  const pool = copies();
  if (pool.isAwaited) return void (await startCopies());
  pool.isAwaited = true;
  try {
    await Promise.race([copiesUnderWay(), delay(READER_WAIT_MS, undefined, { ref: false })]);
  } finally {
    pool.isAwaited = false;
  }
}

/** Breaks off what is being copied and gives it back, to be gone on with by another server or after the next start. */
export async function stopCopies(): Promise<void> {
  copies().stop.abort();
  await copiesUnderWay();
}

/** Keeps a claim alive while its copy is made. `signal` is aborted when it is lost, or the server stops. */
function holdClaim(claim: VaultRow, stop: AbortSignal) {
  const lost = new AbortController();
  let held: VaultRow | undefined = claim;
  let renewing = Promise.resolve();
  const renew = async () => {
    held = held && (await renewCopy(held, Date.now()));
    if (!held) lost.abort();
  };
  const timer = setInterval(() => {
    // A database that is away for a moment takes no claim from anybody either.
    renewing = renewing.then(renew).catch(() => {});
  }, COPY_RENEW_MS);
  return {
    signal: AbortSignal.any([stop, lost.signal]),
    /** Stops renewing, and returns the claim if it is still ours, for one last lease; undefined when it is not. */
    async end(): Promise<VaultRow | undefined> {
      clearInterval(timer);
      await renewing;
      await renew();
      return held;
    },
    letGo: () => clearInterval(timer),
  };
}

/** Makes one copy that is claimed by the caller. What goes wrong at MindVideo, or on the disk, ends in its row. */
async function copyClaimed(claim: VaultRow, stop: AbortSignal): Promise<void> {
  const source = await sourceOf(claim);
  if (!source) return failCopy(claim, "failed");
  const hold = holdClaim(claim, stop);
  const startedAt = Date.now();
  let part: Part | undefined;
  let had = 0;
  try {
    part = await openPart(copyPath(claim.generation, claim.output_index));
    had = part.bytes();
    const found = await fetchInto(part, source.url, hold.signal);
    const mime = judgeType(await part.finish());
    if (mime === "application/octet-stream") throw new CopyError("odd");
    const bytes = part.bytes();
    const isKept = await settle(part, { ...found, mime, bytes }, claim, hold);
    if (isKept) {
      report(true);
      metrics().vaultCopies.inc({ result: "kept" });
      metrics().vaultBytes.inc(bytes);
    }
    log.info({
      event: isKept ? "copy_kept" : "copy_not_kept",
      ...{ generation: claim.generation, output: claim.output_index, bytes, ms: Date.now() - startedAt },
    });
  } catch (error) {
    const held = await hold.end();
    // Where it was lost, whoever holds it now goes on with what lies there.
    // What nobody can go on with is no progress: it would be fetched every second, from the first byte.
    const hasGrown = part !== undefined && part.etag() !== null && part.from() === had && part.bytes() > had;
    if (held) await giveBack(held, error, { part, hasGrown, source, stop });
  } finally {
    hold.letGo();
    await part?.close();
  }
}

async function sourceOf(claim: VaultRow): Promise<{ url: string; endedAt: number } | null> {
  const row = await findGeneration(claim.generation);
  const output = (JSON.parse(row?.outputs ?? "[]") as { url: string }[])[claim.output_index];
  return row && output ? { url: output.url, endedAt: row.finished_at ?? row.created_at } : null;
}

type Whole = Found & { mime: string; bytes: number };

/** Puts a whole copy to its place and into its row, and removes what made room for it; false when it was not taken. */
async function settle(part: Part, whole: Whole, claim: VaultRow, hold: ReturnType<typeof holdClaim>): Promise<boolean> {
  const settings = env().uploadThing;
  const { generation, output_index } = claim;
  const path = copyPath(generation, output_index);
  const name = `${generation}-${output_index + 1}.${extensionOf(whole.mime)}`;
  const file = { file: part.file, name, type: whole.mime };
  const announce = (key: string) => announceCopy(key, Date.now());
  const hosted = settings && (await putAtHost(settings, file, hold.signal, announce));
  const held = await hold.end();
  if (!held && !hosted) return false;
  if (!hosted) await part.keep();
  const place = hosted ? { path: null, host_key: hosted.key, host_url: hosted.url } : inOurStore(path);
  // With a claim that was lost nothing is kept, and the file at the host is deleted.
  const { isKept, dropped } = await keepCopy(held ?? claim, { ...whole, ...place }, env().vaultMaxBytes, Date.now());
  if (!isKept && !hosted) await removeFile(path);
  if (hosted && held) await part.drop();
  metrics().vaultDrops.inc(dropped.length);
  await removeCopies(dropped);
  return isKept;
}

const inOurStore = (path: string) => ({ path, host_key: null, host_url: null });

/** Removes the files of copies that the vault has forgotten. What stays behind is found again when it is tidied. */
export async function removeCopies(removed: readonly VaultRow[]): Promise<void> {
  for (const { generation, path } of removed) {
    if (path === null) continue;
    await removeFile(path).catch((error) => log.warn({ event: "copy_not_removed", generation, err: error }));
  }
}

type Attempt = {
  part: Part | undefined;
  hasGrown: boolean;
  source: { endedAt: number };
  stop: AbortSignal;
};

/** Ends an attempt that brought no copy: for good, or until it is tried again. */
async function giveBack(claim: VaultRow, error: unknown, { part, hasGrown, source, stop }: Attempt): Promise<void> {
  const now = Date.now();
  const about = { generation: claim.generation, output: claim.output_index, attempt: claim.attempts };
  const attempts = hasGrown ? 1 : claim.attempts;
  const goOnLater = async (state: "due" | "full", dueAt: number) => postponeCopy(claim, state, dueAt, attempts);
  if (stop.aborted) {
    // A mark that cannot be set costs whoever goes on a few megabytes, no more; so it is below.
    await part?.mark().catch(() => {});
    return postponeCopy(claim, "due", now, claim.attempts - 1);
  }
  if (error instanceof NoPlaceError) {
    await part?.drop();
    report(false, error.code);
    metrics().vaultCopies.inc({ result: "postponed" });
    return goOnLater("full", now + FULL_AGAIN_MS);
  }
  const reason = error instanceof CopyError ? error.code : "unavailable";
  const age = now - source.endedAt;
  const isOver =
    reason === "too_large" ||
    reason === "no_room" ||
    (reason === "dead" && age >= DEAD_AFTER_MS) ||
    (reason === "odd" && claim.attempts >= MAX_ODD_ANSWERS) ||
    age >= COPY_GIVE_UP_MS;
  const why = error instanceof Error ? error.message : String(error);
  log.warn({ event: isOver ? "copy_given_up" : "copy_failed", ...about, reason, why });
  if (isOver) {
    await part?.drop();
    const end = reason === "too_large" ? "too_large" : reason === "no_room" ? "dropped" : "failed";
    metrics().vaultCopies.inc({ result: end });
    return failCopy(claim, end);
  }
  metrics().vaultCopies.inc({ result: "postponed" });
  if (reason === "odd") await part?.drop();
  else await part?.mark().catch(() => {});
  await goOnLater("due", now + copyAgainMs(attempts));
}

/** Tells once that the disk takes nothing, and once that it does again. */
function report(isWritable: boolean, code?: string): void {
  const pool = copies();
  if (pool.isFull === !isWritable) return;
  pool.isFull = !isWritable;
  if (isWritable) log.info({ event: "vault_writable" });
  else log.error({ event: "vault_full", code }, "New outputs are not copied: they play from MindVideo's links alone.");
}
