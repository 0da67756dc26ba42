import "server-only";
import { z } from "zod";
import { readText } from "@/lib/http";
import { log } from "@/lib/log";
import { findUpload } from "@/lib/uploads/data";
import { notSendable, tooLarge, UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { judgeFile, SNIFF_BYTES, sniffKind } from "@/lib/uploads/guard";
import { type Place, takePlace } from "@/lib/uploads/limits";
import { countUpload, deleteUpload, saveUpload } from "@/lib/uploads/mutations";
import { UPLOAD_POLICY } from "@/lib/uploads/policy";
import { toUpload, uploadsConfig } from "@/lib/uploads/queries";
import { cleanName } from "@/lib/uploads/rules";
import { isHash, UPLOAD_KINDS, type Upload, type UploadKind } from "@/lib/uploads/schema";
import { discardFile, hasFile, openPart, type Part } from "@/lib/uploads/store";

const LARGEST = UPLOAD_KINDS.toSorted((a, b) => UPLOAD_POLICY[b].maxBytes - UPLOAD_POLICY[a].maxBytes)[0] ?? "video";
const MAX_BYTES = UPLOAD_POLICY[LARGEST].maxBytes;
const MAX_CHANGE_BYTES = 20_000;
const MAX_HASHES = 100;
/** How much of a file may come in before it is asked again whether there is still room for it. */
const ASK_EVERY_BYTES = 8_000_000;

type Body = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Takes the file in a request's body into our own store and returns it as `owner`'s upload. It is streamed to a file beside
 * its place; whatever goes wrong, nothing of it stays. @throws {UploadError} with what the visitor is told
 */
export async function receiveUpload(request: Request, owner: string): Promise<Upload> {
  if (!(await countUpload(owner, Date.now()))) throw new UploadError(uploadRefusal("too_fast"));
  const announced = Number(request.headers.get("content-length") ?? Number.NaN);
  // Without it nobody could tell a whole file from one that was cut on the way.
  if (!Number.isInteger(announced)) {
    throw refused("incomplete", "It was sent without a Content-Length. Send it again with one.");
  }
  if (announced > MAX_BYTES) throw new UploadError(tooLarge(LARGEST, announced));
  const body = announced > 0 ? request.body?.getReader() : undefined;
  if (!body) throw refused("empty");
  let place: Place | null = null;
  try {
    place = await takePlace(announced);
    if (!place) throw refused("store_full");
    return await store(body, announced, place, { owner, name: nameOf(request) });
  } catch (error) {
    void drain(body);
    throw error;
  } finally {
    place?.giveBack();
  }
}

const refused = (...how: Parameters<typeof uploadRefusal>) => new UploadError(uploadRefusal(...how));

function nameOf(request: Request): string {
  const sent = request.headers.get("x-file-name") ?? "";
  try {
    return cleanName(decodeURIComponent(sent));
  } catch {
    return cleanName(sent);
  }
}

async function store(
  body: Body,
  announced: number,
  place: Place,
  given: { owner: string; name: string },
): Promise<Upload> {
  const { owner, name } = given;
  const part = await onDisk(() => openPart(owner));
  try {
    await fill(part, body, announced, place);
    const sha256 = await onDisk(part.finish);
    const judged = await judgeFile(part.file);
    requireSendable(judged.kind);
    await onDisk(part.keep);
    const { durationMs, ...facts } = judged;
    const row = await saveUpload(
      { sha256, owner, name, bytes: announced, duration_ms: durationMs, ...facts, host_key: null, host_url: null },
      Date.now(),
    );
    if (typeof row === "string") {
      await discardFile(owner, sha256, async () => (await findUpload(owner, sha256)) !== undefined);
      throw refused(row);
    }
    // The same file can have been deleted in another tab between the last two steps, and its bytes with it.
    if (!(await hasFile(owner, sha256))) {
      await deleteUpload(owner, sha256);
      throw refused("unavailable");
    }
    return toUpload(row);
  } finally {
    await part.drop();
  }
}

/** Writes what arrives, for as long as it is no longer than announced, of a kind we take, and within that kind's limit. */
async function fill(part: Part, body: Body, announced: number, place: Place): Promise<void> {
  let askAt = ASK_EVERY_BYTES;
  // What came so far of a start that is too short to tell the kind; null once that is known.
  let start: Buffer | null = Buffer.alloc(0);
  for (let chunk = await next(body); chunk; chunk = await next(body)) {
    const bytes: Uint8Array = start ? Buffer.concat([start, chunk]) : chunk;
    if (start && bytes.length < SNIFF_BYTES) {
      start = Buffer.from(bytes);
      continue;
    }
    if (start) requireTaken(bytes, announced);
    start = null;
    await onDisk(() => part.write(bytes));
    if (part.bytes() > announced) throw refused("incomplete");
    if (part.bytes() < askAt) continue;
    askAt += ASK_EVERY_BYTES;
    if (!(await place.isLeft())) throw refused("store_full");
  }
  if (start) {
    const bytes = start;
    requireTaken(bytes, announced);
    await onDisk(() => part.write(bytes));
  }
  if (part.bytes() !== announced) throw refused("incomplete");
}

/** Refuses a file by its first bytes and its length, before the rest of it is read. */
function requireTaken(start: Uint8Array, announced: number): void {
  const kind = sniffKind(start);
  requireSendable(kind);
  if (announced > UPLOAD_POLICY[kind].maxBytes) throw new UploadError(tooLarge(kind, announced));
}

/** What comes next of a body, undefined at its end. A connection that breaks is a file that did not arrive. */
async function next(body: Body): Promise<Uint8Array | undefined> {
  try {
    return (await body.read()).value;
  } catch {
    throw refused("incomplete");
  }
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.error({ event: "upload_not_stored", err: error });
    throw refused("unavailable");
  }
}

function requireSendable(kind: UploadKind): void {
  if (!uploadsConfig().sendable.includes(kind)) throw new UploadError(notSendable(kind));
}

/** Who is still sending hears no answer: what is left of a refused file is taken off the line, up to the largest one. */
async function drain(body: Body): Promise<void> {
  try {
    let left = MAX_BYTES;
    for (let chunk = await body.read(); !chunk.done && left > 0; chunk = await body.read()) {
      left -= chunk.value.byteLength;
    }
    await body.cancel();
  } catch {
    // The other side is gone, which is all that was waited for.
  }
}

const hashes = z.array(z.string().refine(isHash)).max(MAX_HASHES).default([]);
const change = z.object({ hold: hashes, release: hashes });

/** What a page holds and lets go of; null when the body cannot be read as that. */
export async function readChange(request: Request): Promise<{ hold: string[]; release: string[] } | null> {
  try {
    return change.parse(JSON.parse((await readText(request, MAX_CHANGE_BYTES)) ?? ""));
  } catch {
    return null;
  }
}

/** The hashes of a query string, each once, at most a hundred; what is none is left out. */
export function readHashes(text: string): string[] {
  return [...new Set(text.split(",").filter(isHash))].slice(0, MAX_HASHES);
}
