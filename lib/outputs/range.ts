import "server-only";
import { type FileHandle, open } from "node:fs/promises";

const CHUNK_BYTES = 128 * 1024;

export type Slice = { start: number; end: number };

/**
 * Reads a Range header (RFC 9110, one range of bytes). Null means "the whole file": no header, another unit, a form
 * nobody uses, or several ranges. "unsatisfiable" is a 416.
 */
function parseRange(header: string | null, size: number): Slice | null | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "");
  if (!match) return null;
  const [first, last] = [match[1] ?? "", match[2] ?? ""];
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return null;
  return start >= size ? "unsatisfiable" : { start, end };
}

/** Reads `bytes 100-199/5000`; null for anything else, and for a file whose size is not told. */
export function parseContentRange(header: string | null): (Slice & { size: number }) | null {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(header?.trim() ?? "") ?? [];
  return size === undefined ? null : { start: Number(start), end: Number(end), size: Number(size) };
}

/** The ETag of an answer if it stands for the very bytes; null for a weak one, or none. */
export function strongEtag(headers: Headers): string | null {
  const etag = headers.get("etag");
  return etag && /^"[^"]*"$/.test(etag) ? etag : null;
}

/** A file to be served. `size` is null where nobody knows; `etag` and `modifiedAt` (ms since 1970) where there is none. */
export type Facts = { size: number | null; etag: string | null; modifiedAt?: number | null };

/** What to answer: `slice` is null for the whole file. `headers` are complete but for what is the file's own. */
export type Plan = { status: 200 | 206 | 304 | 416; slice: Slice | null; headers: Headers };

type Asked = Pick<Request, "method" | "headers"> & { signal?: AbortSignal };

/** Decides about Range, If-Range, If-None-Match and If-Modified-Since, the same for every file we serve. */
export function planAnswer({ headers: asked }: Pick<Asked, "headers">, { size, etag, modifiedAt = null }: Facts): Plan {
  const headers = new Headers({ "accept-ranges": size === null ? "none" : "bytes" });
  if (etag) headers.set("etag", etag);
  if (modifiedAt !== null) headers.set("last-modified", new Date(modifiedAt).toUTCString());
  if (isUnchanged(asked, etag, modifiedAt)) return { status: 304, slice: null, headers };
  if (size === null) return { status: 200, slice: null, headers };
  const range = meansThis(asked.get("if-range"), etag, modifiedAt) ? parseRange(asked.get("range"), size) : null;
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    return { status: 416, slice: null, headers };
  }
  headers.set("content-length", String(range ? range.end - range.start + 1 : size));
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
  return { status: range ? 206 : 200, slice: range, headers };
}

function isUnchanged(asked: Headers, etag: string | null, modifiedAt: number | null): boolean {
  const known = asked.get("if-none-match");
  if (known !== null) {
    // Compared weakly, as a cache may have weakened ours on the way.
    const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return known.trim() === "*" || (etag !== null && tags.includes(etag));
  }
  const since = Date.parse(asked.get("if-modified-since") ?? "");
  return modifiedAt !== null && since >= toSecond(modifiedAt);
}

/** Whether a range is meant for the file as it is. A weak tag or another date never is. */
function meansThis(ifRange: string | null, etag: string | null, modifiedAt: number | null): boolean {
  if (ifRange === null) return true;
  if (/^(?:W\/)?"/.test(ifRange.trim())) return etag !== null && ifRange.trim() === etag;
  return modifiedAt !== null && Date.parse(ifRange) === toSecond(modifiedAt);
}

const toSecond = (time: number) => Math.floor(time / 1_000) * 1_000;

/** What a file is served as. Its bytes never change under one `etag`. */
export type Served = { type: string; etag: string; cacheControl: string; modifiedAt?: number | null };

/** Answers GET or HEAD for a file that is on disk, with Range. @throws when the file is not there. */
export async function serveFile(request: Asked, file: string, served: Served): Promise<Response> {
  const handle = await open(file);
  let isPassedOn = false;
  try {
    const { size } = await handle.stat();
    const { status, slice, headers } = planAnswer(request, { ...served, size });
    headers.set("cache-control", served.cacheControl);
    headers.set("x-content-type-options", "nosniff");
    if (status === 200 || status === 206) headers.set("content-type", served.type);
    const hasBody = status < 300 && request.method !== "HEAD";
    const body = hasBody ? streamHandle(handle, slice ?? { start: 0, end: size - 1 }, request.signal) : null;
    isPassedOn = hasBody;
    return new Response(body, { status, headers });
  } finally {
    if (!isPassedOn) await handle.close();
  }
}

/**
 * The bytes of an open file, read as fast as they are taken and no faster. The file is closed at the end, when the reader
 * cancels, and when `signal` is aborted, also where nobody has begun to read.
 */
export function streamHandle(
  handle: FileHandle,
  { start, end }: Slice,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  let position = start;
  let closing: Promise<void> | undefined;
  const close = () => {
    signal?.removeEventListener("abort", close);
    closing ??= handle.close();
    return closing;
  };
  if (signal?.aborted) void close();
  else signal?.addEventListener("abort", close, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const wanted = Math.min(CHUNK_BYTES, end - position + 1);
          const chunk = new Uint8Array(Math.max(0, wanted));
          const { bytesRead } = wanted > 0 ? await handle.read(chunk, 0, wanted, position) : { bytesRead: 0 };
          if (wanted > 0 && bytesRead === 0) throw new Error("The file is shorter than it was");
          position += bytesRead;
          if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead));
          if (position <= end) return;
          controller.close();
          await close();
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

/**
 * The bytes that another server sends, as many as were promised and not one more: what came after them on a connection that is
 * kept open would be read as our next answer. Fewer break it off, or the reader would wait for the rest.
 */
export function exactly(body: ReadableStream<Uint8Array>, bytes: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = bytes;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = left > 0 ? await reader.read() : { value: new Uint8Array() };
        if (!value) throw new Error("The file is shorter than its server said");
        const piece = value.subarray(0, left);
        left -= piece.byteLength;
        controller.enqueue(piece);
        if (left > 0) return;
        controller.close();
        // One that has said all it promised ends by itself.
        reader.read().then(
          ({ done }) => (done ? undefined : reader.cancel()),
          // A connection that breaks now has already given everything.
          () => {},
        );
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
