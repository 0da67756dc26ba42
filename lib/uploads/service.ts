import "server-only";
import type { UploadRow } from "@/lib/db/schema";
import { serveFile } from "@/lib/outputs/range";
import { findUpload } from "@/lib/uploads/data";
import { discardFile, uploadFile } from "@/lib/uploads/store";
import { openHosted } from "@/lib/uploadthing/client";
import { sweepHost } from "@/lib/uploadthing/service";

// Its bytes never change: they are what its address says.
const CACHE_CONTROL = "private, max-age=31536000, immutable";

/** Why the bytes of an upload cannot be had, though its row says that they are there. */
export class MissingFileError extends Error {
  override name = "MissingFileError";
}

type Wanted = { method: string; headers: Headers; signal?: AbortSignal };

/**
 * Opens an upload's bytes, wherever they lie: our own store, or UploadThing. The answer is a 200, 206, 304 or 416, to be
 * passed on. @throws {MissingFileError} when they are gone, and what the network says when they cannot be had now
 */
export async function openUpload(row: UploadRow, wanted: Wanted): Promise<Response> {
  const etag = `"${row.sha256}"`;
  if (row.host_url === null) {
    try {
      return await serveFile(wanted, uploadFile(row.owner, row.sha256), {
        type: row.mime,
        etag,
        cacheControl: CACHE_CONTROL,
      });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOENT" ? new MissingFileError("The file is gone") : error;
    }
  }
  const passed = new Headers();
  const range = wanted.headers.get("range");
  if (range) passed.set("range", range);
  const answered = await openHosted(row.host_url, passed, wanted.signal);
  if (![200, 206, 416].includes(answered.status)) {
    await answered.body?.cancel();
    const said = `The host answered with ${answered.status}`;
    throw [403, 404, 410].includes(answered.status) ? new MissingFileError(said) : new Error(said);
  }
  const headers = new Headers({ "content-type": row.mime, "cache-control": CACHE_CONTROL, etag });
  for (const name of ["content-length", "content-range", "accept-ranges"]) {
    const value = answered.headers.get(name);
    if (value) headers.set(name, value);
  }
  if (wanted.method === "HEAD") await answered.body?.cancel();
  return new Response(wanted.method === "HEAD" ? null : answered.body, { status: answered.status, headers });
}

/** An upload's bytes, whole. @throws like `openUpload` */
export async function readUpload(row: UploadRow): Promise<Buffer> {
  const answered = await openUpload(row, { method: "GET", headers: new Headers() });
  return Buffer.from(await answered.arrayBuffer());
}

/** Removes the bytes of an upload whose row is gone. */
export async function removeBytes({ owner, sha256, host_key }: UploadRow): Promise<void> {
  await discardFile(owner, sha256, async () => isOurs(await findUpload(owner, sha256)));
  // Nobody waits for the host: what it does not confirm now, the sweep asks for again.
  if (host_key !== null) void sweepHost();
}

const isOurs = (row: UploadRow | undefined): boolean => row?.host_key === null;
