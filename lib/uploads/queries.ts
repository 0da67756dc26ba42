import "server-only";
import type { UploadRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { findUploads, listUploads } from "@/lib/uploads/data";
import { UPLOAD_KINDS, type Upload, type UploadsConfig, type UploadsPage, uploadRef } from "@/lib/uploads/schema";

const PAGE_SIZE = 24;

/** What its owner may know of an upload: nothing of the owner, or of where it lies. */
export const toUpload = (row: UploadRow): Upload => ({
  ref: uploadRef(row.sha256),
  sha256: row.sha256,
  kind: row.kind,
  mime: row.mime,
  bytes: row.bytes,
  width: row.width,
  height: row.height,
  durationMs: row.duration_ms,
  name: row.name,
  createdAt: row.created_at,
});

/** A page of a visitor's uploads, newest first. `before` is the `next` of the page above; anything unreadable starts at the top. */
export async function uploadsPage(owner: string, before: string | null): Promise<UploadsPage> {
  const match = before?.match(/^(\d{1,15})\.([0-9a-f]{64})$/);
  const key = match?.[1] && match[2] ? { createdAt: Number(match[1]), sha256: match[2] } : null;
  const rows = await listUploads(owner, PAGE_SIZE + 1, key);
  const shown = rows.slice(0, PAGE_SIZE);
  const last = shown.at(-1);
  return {
    uploads: shown.map(toUpload),
    next: rows.length > PAGE_SIZE && last ? `${last.created_at}.${last.sha256}` : null,
  };
}

/** Those of these files that the visitor has, as one page without a next. */
export async function knownUploads(owner: string, hashes: readonly string[]): Promise<UploadsPage> {
  return { uploads: (await findUploads(owner, hashes)).map(toUpload), next: null };
}

/**
 * What a page has to know to upload. The sandbox takes everything. MindVideo takes pictures inside the request itself;
 * anything else needs an address that it can reach: one of UploadThing's, or one of ours.
 */
export function uploadsConfig(): UploadsConfig {
  const { upstream, publicUrl, uploadThing } = env();
  const isReachable = upstream === "sandbox" || publicUrl !== null || uploadThing !== null;
  return { host: uploadThing ? "uploadthing" : "own", sendable: isReachable ? [...UPLOAD_KINDS] : ["image"] };
}
