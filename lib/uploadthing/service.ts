import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import type { UploadArrivalRow, UploadRow } from "@/lib/db/schema";
import { env, type UploadThing } from "@/lib/env";
import { GuardError } from "@/lib/guard/guard";
import { log } from "@/lib/log";
import { isUnavailable } from "@/lib/unavailable";
import { findUpload } from "@/lib/uploads/data";
import { tooLarge, UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { judgeFile } from "@/lib/uploads/guard";
import { moveUpload, saveUpload } from "@/lib/uploads/mutations";
import { UPLOAD_POLICY, type UploadRefusal } from "@/lib/uploads/policy";
import { toUpload } from "@/lib/uploads/queries";
import type { Upload } from "@/lib/uploads/schema";
import { openPart, type Part } from "@/lib/uploads/store";
import { addressOf, deleteAtHost, openHosted } from "@/lib/uploadthing/client";
import { findArrival } from "@/lib/uploadthing/data";
import {
  cancelArrival,
  claimArrival,
  claimDoomed,
  deleteOldArrivals,
  type Outcome,
  recordDeletion,
  releaseArrival,
  settleArrival,
} from "@/lib/uploadthing/mutations";
import { CHECK_TIMEOUT_MS } from "@/lib/uploadthing/policy";

// Short enough for whoever asks to be answered, long enough for the other look at a picture to end.
const WAIT_FOR_OTHER_MS = 5_000;
const LOOK_AGAIN_MS = 100;

/** What became of a file: an upload, a refusal, not there yet (ask again), or nothing we know of. */
export type Settled =
  | { state: "kept"; upload: Upload }
  | { state: "refused"; refusal: UploadRefusal }
  | { state: "pending" }
  | { state: "unknown" };

/**
 * Looks at a file that arrived at UploadThing, and makes it an upload of the visitor its key was handed to, or refuses it and
 * deletes it there. The callback and the browser both ask, often at the same moment: one of them looks, the other waits for
 * what it finds, and asking again changes nothing. With `owner`, the key of anybody else is unknown.
 */
export async function settle(key: string, owner?: string): Promise<Settled> {
  const until = Date.now() + WAIT_FOR_OTHER_MS;
  for (;;) {
    const arrival = await findArrival(key);
    if (!arrival || (owner !== undefined && arrival.owner !== owner)) return { state: "unknown" };
    if (arrival.outcome) return told(arrival.owner, JSON.parse(arrival.outcome));
    const claimed = await claimArrival(key, Date.now());
    if (claimed) return look(claimed);
    if (Date.now() >= until) return { state: "pending" };
    await delay(LOOK_AGAIN_MS);
  }
}

/** Whoever was handed `key` has cancelled the upload: what arrives all the same is deleted. */
export async function cancel(key: string, owner: string): Promise<void> {
  await cancelArrival(key, owner, uploadRefusal("incomplete"), Date.now());
}

async function told(owner: string, outcome: Outcome): Promise<Settled> {
  if ("refusal" in outcome) return { state: "refused", refusal: outcome.refusal };
  const row = await findUpload(owner, outcome.sha256);
  return row ? { state: "kept", upload: toUpload(row) } : { state: "unknown" };
}

async function look(arrival: UploadArrivalRow): Promise<Settled> {
  const { host_key: key, owner } = arrival;
  const settings = env().uploadThing;
  if (!settings) return { state: "unknown" };
  let outcome: Outcome;
  let isSpare = true;
  try {
    const row = await keep(arrival, addressOf(settings, key));
    outcome = typeof row === "string" ? { refusal: uploadRefusal(row) } : { sha256: row.sha256 };
    // The same file is there already, under another key: one copy is enough.
    isSpare = typeof row === "string" || row.host_key !== key;
  } catch (error) {
    if (!(error instanceof UploadError)) {
      await releaseArrival(key);
      if (!(error instanceof NotThere || error instanceof GuardError)) throw error;
      log.warn({ event: "upload_not_readable", err: error });
      return { state: "pending" };
    }
    outcome = { refusal: error.refusal };
  }
  await settleArrival(key, outcome, isSpare ? Date.now() : null);
  // Nobody waits for the host: what it does not confirm now, the sweep asks for again.
  if (isSpare) void sweepHost();
  return told(owner, outcome);
}

/** The host has no file under this key, or none it gives us: it may come. */
class NotThere extends Error {
  override name = "NotThere";
}

/** The upload that the file became, or whose room is full. @throws {UploadError} for what is not taken */
async function keep(arrival: UploadArrivalRow, url: string) {
  const { owner, host_key: key, name } = arrival;
  const part = await openPart(owner);
  try {
    const servedAs = await fetchInto(part, arrival, url);
    const bytes = part.bytes();
    if (bytes > 0 && bytes !== arrival.bytes) throw new UploadError(uploadRefusal("incomplete"));
    const sha256 = await part.finish();
    const { kind, mime, width, height, durationMs } = await judgeFile(part.file);
    // It was announced as something else, and MindVideo would be given it as that. Sound in an MP4 may come as "video/mp4".
    if (subtype(mime) !== subtype(servedAs)) throw new UploadError(uploadRefusal("broken"));
    const about = { sha256, owner, kind, mime, bytes, width, height, duration_ms: durationMs, name };
    const place = { host_key: key, host_url: url };
    const row = await saveUpload({ ...about, ...place }, Date.now());
    // The copy that came first stays, unless it was deleted at UploadThing: then adding the file again mends it.
    if (typeof row === "string" || row.host_key === key) return row;
    return (await isGone(row)) ? ((await moveUpload(row, place)) ?? row) : row;
  } finally {
    // Looked at here, kept there.
    await part.drop();
  }
}

/** Whether the host says that an upload's file is no longer there. */
async function isGone({ host_url }: UploadRow): Promise<boolean> {
  if (host_url === null) return false;
  try {
    const response = await openHosted(host_url, undefined, AbortSignal.timeout(CHECK_TIMEOUT_MS));
    await response.body?.cancel();
    return [403, 404, 410].includes(response.status);
  } catch {
    return false;
  }
}

const subtype = (mime: string) => mime.split(";", 1)[0]?.split("/")[1];

/** Fetches a file to be looked at, and returns the type that the host gives it. */
async function fetchInto(part: Part, { kind }: UploadArrivalRow, url: string): Promise<string> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const response = await openHosted(url, undefined, signal);
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new NotThere(`UploadThing answered with status ${response.status}`);
  }
  // Leaving the loop cancels the body, which closes the connection.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    await part.write(chunk);
    if (part.bytes() > UPLOAD_POLICY[kind].maxBytes) throw new UploadError(tooLarge(kind, part.bytes()));
  }
  return response.headers.get("content-type") ?? "";
}

/**
 * Deletes at UploadThing what was refused, what came twice, what belonged to an upload that is gone, and what never became
 * one within a day; and forgets what is over. What UploadThing does not confirm is tried again in a minute. Says how many files
 * it asked to be deleted.
 */
export async function sweepHost(now = Date.now()): Promise<number> {
  const settings = env().uploadThing;
  if (!settings) return 0;
  try {
    const keys = await claimDoomed(now);
    if (keys.length > 0) await recordDeletion(keys, await isDeleted(settings, keys), now);
    await deleteOldArrivals(now);
    return keys.length;
  } catch (error) {
    if (!isUnavailable(error)) log.error({ event: "host_sweep_failed", err: error });
    return 0;
  }
}

async function isDeleted(settings: UploadThing, keys: string[]): Promise<boolean> {
  try {
    await deleteAtHost(settings, keys);
    return true;
  } catch (error) {
    log.warn({ event: "host_deletion_failed", count: keys.length, err: error });
    return false;
  }
}
