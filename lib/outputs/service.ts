import "server-only";
import { type FileHandle, open } from "node:fs/promises";
import type { GenerationRow, VaultRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { answer, refuse } from "@/lib/http";
import { log } from "@/lib/log";
import { mindVideo } from "@/lib/mindvideo/service";
import { findCopy } from "@/lib/outputs/data";
import { CopyError, DEAD_STATUSES } from "@/lib/outputs/errors";
import { loseCopy } from "@/lib/outputs/mutations";
import { downloadName, extensionOf, judgeType } from "@/lib/outputs/policy";
import { exactly, type Plan, parseContentRange, planAnswer, streamHandle, strongEtag } from "@/lib/outputs/range";
import { copyFile } from "@/lib/outputs/store";
import { startCopies } from "@/lib/outputs/vault";
import { isDataDir } from "@/lib/servers/store";
import { openHosted } from "@/lib/uploadthing/client";

const SNIFF_BYTES = 64;
const MAX_KNOWN_FILES = 1_000;

/** What a file at MindVideo is; asked for once, and again when it turns out to have changed. */
type Known = {
  type: string;
  size: number | null;
  etag: string | null;
  modifiedAt: number | null;
  /** Whether its server answers with parts of it. */
  isRanged: boolean;
};

const knownFiles = new Map<string, Known>();

/**
 * An output's file, with Range: our copy where there is one, else MindVideo's own passed through, as the type that its bytes
 * show. 404 for an index that does not exist, 410 when the link has died, 502 when the file cannot be had now.
 */
export async function serveOutput(row: GenerationRow, index: number, request: Request): Promise<Response> {
  const outputs = JSON.parse(row.outputs ?? "[]") as { url: string }[];
  const output = outputs[index];
  if (!output) return refuse("not_found");
  try {
    return (await serveCopy(row, index, request)) ?? (await serveLink(row, index, output.url, request));
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    const isDead = error instanceof CopyError && error.code === "dead";
    if (!isDead) log.warn({ event: "output_failed", generation: row.id, err: error });
    return isDead
      ? answer({ error: { code: "output_gone", message: "MindVideo no longer has this file." } }, 410)
      : answer({ error: { code: "output_unavailable", message: "The file cannot be had right now. Try again." } }, 502);
  }
}

/** Our copy of an output, to be read once; null when there is none. Cancel the stream where it is not read to its end. */
export async function openOutput(
  row: Pick<GenerationRow, "id">,
  index: number,
): Promise<{ bytes: number | null; mime: string; stream: ReadableStream<Uint8Array> } | null> {
  const copy = await findCopy(row.id, index);
  if (copy?.state !== "kept") return null;
  const about = { bytes: copy.bytes, mime: copy.mime ?? judgeType(new Uint8Array()) };
  if (copy.host_url !== null) {
    const answered = await openHosted(copy.host_url);
    if (answered.status === 200 && answered.body) return { ...about, stream: answered.body };
    await answered.body?.cancel();
    return null;
  }
  const handle = await openCopy(copy);
  return handle && { ...about, stream: streamHandle(handle, { start: 0, end: (copy.bytes ?? 0) - 1 }) };
}

async function serveCopy(row: GenerationRow, index: number, request: Request): Promise<Response | null> {
  const copy = await findCopy(row.id, index);
  if (copy?.state !== "kept" || copy.mime === null) return null;
  const { bytes: size, mime, modified_at: modifiedAt } = copy;
  const plan = planAnswer(request, { size, etag: copy.etag ?? ownEtag(row, index, size), modifiedAt });
  const reply = (body: ReadableStream<Uint8Array> | null) => respond(row, index, mime, plan, body, request);
  if (copy.host_url === null) {
    const handle = await openCopy(copy);
    if (!handle) return null;
    if (hasBody(plan, request)) {
      return reply(streamHandle(handle, plan.slice ?? { start: 0, end: (size ?? 0) - 1 }, request.signal));
    }
    await handle.close();
    return reply(null);
  }
  if (!hasBody(plan, request)) return reply(null);
  const place = copy.host_url;
  try {
    return reply(await fetchPlanned(plan, null, size, (wanted) => openHosted(place, wanted, request.signal)));
  } catch (error) {
    if (request.signal.aborted) throw error;
    // Its link may still live; a host that is away for a moment loses nothing.
    log.warn({ event: "copy_not_readable", generation: row.id, err: error });
    if (error instanceof CopyError && error.code !== "unavailable") await copyAnew(copy);
    return null;
  }
}

/** The file of a copy in our own store; null when it cannot be had. One that is not there as it was is copied anew. */
async function openCopy(copy: VaultRow): Promise<FileHandle | null> {
  const about = { generation: copy.generation, output: copy.output_index };
  let handle: FileHandle | null = null;
  try {
    handle = await open(copyFile(copy.path ?? ""));
    if ((await handle.stat()).size === copy.bytes) return handle;
    await handle.close();
  } catch (error) {
    await handle?.close();
    // A process with too many open files, or a disk that went away: the file itself is still what it was, and forgotten it
    // would be tidied away, when its link may have died long ago.
    const isGone = (error as NodeJS.ErrnoException).code === "ENOENT" && (await isDataDir(env().dataDir));
    if (!isGone) {
      log.warn({ event: "copy_not_readable", ...about, err: error });
      return null;
    }
  }
  log.warn({ event: "copy_vanished", ...about });
  await copyAnew(copy);
  return null;
}

async function copyAnew(copy: VaultRow): Promise<void> {
  await loseCopy(copy, Date.now());
  void startCopies();
}

async function serveLink(
  row: GenerationRow,
  index: number,
  url: string,
  request: Request,
  mayHaveChanged = true,
): Promise<Response> {
  const key = `${row.id}/${index}`;
  const known = knownFiles.get(key) ?? (await learn(key, url, request.signal));
  const asked = new Headers(request.headers);
  if (!known.isRanged) asked.delete("range");
  const etag = known.etag ?? ownEtag(row, index, known.size);
  const plan = planAnswer({ headers: asked }, { ...known, etag });
  if (!known.isRanged) plan.headers.set("accept-ranges", "none");
  if (plan.status === 304 || plan.status === 416) return respond(row, index, known.type, plan, null, request);
  try {
    const openLink = (wanted: Headers) => mindVideo().output(url, wanted, request.signal);
    const body = await fetchPlanned(plan, known.etag, known.size, openLink);
    if (hasBody(plan, request)) return respond(row, index, known.type, plan, body, request);
    await body?.cancel();
    return respond(row, index, known.type, plan, null, request);
  } catch (error) {
    knownFiles.delete(key);
    const hasChanged = error instanceof CopyError && error.code === "changed";
    if (!hasChanged || !mayHaveChanged) throw error;
    return serveLink(row, index, url, request, false);
  }
}

// Without one of MindVideo's, what an output is called that has this size: it is made once and does not change.
const ownEtag = (row: GenerationRow, index: number, size: number | null) =>
  size === null ? null : `"${row.id}-${index}-${size}"`;

const hasBody = ({ status }: Plan, { method }: Request) => (status === 200 || status === 206) && method !== "HEAD";

/** Fetches from another server just what a plan needs. @throws {CopyError} when it gives something else */
async function fetchPlanned(
  { slice }: Plan,
  etag: string | null,
  size: number | null,
  openUrl: (wanted: Headers) => Promise<Response>,
): Promise<ReadableStream<Uint8Array> | null> {
  const wanted = new Headers();
  if (slice) wanted.set("range", `bytes=${slice.start}-${slice.end}`);
  if (slice && etag) wanted.set("if-range", etag);
  const answered = await openUrl(wanted);
  const { status } = answered;
  const part = parseContentRange(answered.headers.get("content-range"));
  const length = answered.headers.get("content-length");
  const isWanted = slice
    ? status === 206 && part?.start === slice.start && part.end === slice.end && part.size === size
    : status === 200 && (size === null || length === null || Number(length) === size);
  const bytes = slice ? slice.end - slice.start + 1 : size;
  if (isWanted) return answered.body && bytes !== null ? exactly(answered.body, bytes) : answered.body;
  await answered.body?.cancel();
  throw new CopyError(failureOf(status), status);
}

const failureOf = (status: number) =>
  DEAD_STATUSES.has(status) ? "dead" : status < 300 || status === 416 ? "changed" : "unavailable";

function respond(
  row: GenerationRow,
  index: number,
  type: string,
  { status, headers }: Plan,
  body: ReadableStream<Uint8Array> | null,
  request: Request,
): Response {
  headers.set("Cache-Control", "private, max-age=3600");
  headers.set("X-Content-Type-Options", "nosniff");
  // Whatever the bytes are, opened by themselves they may not run or load anything.
  headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (status === 200 || status === 206) {
    headers.set("Content-Type", type);
    headers.set("Content-Disposition", disposition(row, index, type, request));
  }
  return new Response(body, { status, headers });
}

function disposition(row: GenerationRow, index: number, type: string, request: Request): string {
  const extension = extensionOf(type);
  const wantsDownload = new URL(request.url).searchParams.has("download");
  // What is neither a video nor a picture is never shown in a page of ours.
  if (!wantsDownload && extension !== "bin") return "inline";
  return `attachment; filename="${downloadName({ model: row.model, prompt: row.prompt, id: row.id, index, extension })}"`;
}

/** Looks at the first bytes of a file at MindVideo, and at what its server says of it. @throws {CopyError} */
async function learn(key: string, url: string, signal: AbortSignal): Promise<Known> {
  const answered = await mindVideo().output(url, new Headers({ range: `bytes=0-${SNIFF_BYTES - 1}` }), signal);
  if (!answered.ok) {
    await answered.body?.cancel();
    throw new CopyError(DEAD_STATUSES.has(answered.status) ? "dead" : "unavailable", answered.status);
  }
  const { headers, status } = answered;
  const length = headers.get("content-length");
  const size = status === 206 ? parseContentRange(headers.get("content-range"))?.size : length && Number(length);
  const modifiedAt = Date.parse(headers.get("last-modified") ?? "");
  const known: Known = {
    type: judgeType(await readStart(answered.body)),
    size: typeof size === "number" ? size : null,
    etag: strongEtag(headers),
    modifiedAt: Number.isNaN(modifiedAt) ? null : modifiedAt,
    isRanged: status === 206 && typeof size === "number",
  };
  if (knownFiles.size >= MAX_KNOWN_FILES) knownFiles.clear();
  knownFiles.set(key, known);
  return known;
}

/** The first bytes of a body; the rest is not fetched, even where the server ignored the Range. */
async function readStart(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const start = new Uint8Array(SNIFF_BYTES);
  let length = 0;
  if (!body) return start.subarray(0, 0);
  const reader = body.getReader();
  while (length < SNIFF_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, SNIFF_BYTES - length);
    start.set(part, length);
    length += part.length;
  }
  await reader.cancel();
  return start.subarray(0, length);
}
