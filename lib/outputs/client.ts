import "server-only";
import { env } from "@/lib/env";
import { mindVideo } from "@/lib/mindvideo/service";
import { CopyError, DEAD_STATUSES } from "@/lib/outputs/errors";
import { hasRoom } from "@/lib/outputs/mutations";
import { MAX_OUTPUT_BYTES } from "@/lib/outputs/policy";
import { parseContentRange, strongEtag } from "@/lib/outputs/range";
import { type Part, requireDiskRoom } from "@/lib/outputs/store";

// As much as a crash may cost: what came since the last mark is fetched again.
const MARK_EVERY_MS = 1_000;
const MARK_EVERY_BYTES = 8 * 1024 * 1024;

/** What MindVideo calls this version of the file, and when it says that it was last changed. */
export type Found = { etag: string | null; modified_at: number | null };

/**
 * Brings the bytes of an output into a part, from where that leaves off if the file is still the same, and no faster than the
 * disk takes them. Afterwards the part is whole. @throws {CopyError} {NoPlaceError}, or what the network says
 */
export async function fetchInto(part: Part, url: string, signal: AbortSignal): Promise<Found> {
  const [from, version] = [part.bytes(), part.etag()];
  const wanted = new Headers();
  if (from > 0 && version) {
    wanted.set("range", `bytes=${from}-`);
    wanted.set("if-range", version);
  }
  const answered = await mindVideo().output(url, wanted, signal);
  try {
    const { status, headers } = answered;
    const etag = strongEtag(headers);
    const modified = Date.parse(headers.get("last-modified") ?? "");
    const found = { etag, modified_at: Number.isNaN(modified) ? null : modified };
    const range = parseContentRange(headers.get("content-range"));
    if (status === 206 && wanted.has("range") && range?.start === from && etag === version) {
      await pour(answered, part, range.size, signal);
      return found;
    }
    if (status === 200) {
      const length = headers.get("content-length");
      await pour(answered, part, length === null ? null : Number(length), signal, etag);
      return found;
    }
    if (DEAD_STATUSES.has(status)) throw new CopyError("dead", status);
    if (status === 416 || status === 206) {
      // Nothing comes after what is there already: it only never came to its place.
      const isWhole = headers.get("content-range") === `bytes */${from}` && (etag ?? version) === version;
      if (isWhole && from > 0) return { ...found, etag: version };
      // What is there is of another file: the next attempt asks for all of this one.
      await part.restart(null);
    }
    throw new CopyError("unavailable", status);
  } finally {
    // Closes the connection where the body was not read to its end.
    await answered.body?.cancel().catch(() => {});
  }
}

const mostBytes = () => Math.min(MAX_OUTPUT_BYTES, env().vaultMaxBytes);

/** Writes a body to its end. With `etag`, which can be null, it is the whole file and the part begins anew. */
async function pour(
  answered: Response,
  part: Part,
  total: number | null,
  signal: AbortSignal,
  etag?: string | null,
): Promise<void> {
  // What cannot be taken is refused before it is fetched, where its length is known.
  if ((total ?? 0) > mostBytes()) throw new CopyError("too_large");
  if (!(await hasRoom(total ?? 0, env().vaultMaxBytes))) throw new CopyError("no_room");
  await requireDiskRoom((total ?? 0) - (etag === undefined ? part.bytes() : 0));
  if (etag !== undefined) await part.restart(etag);
  const reader = answered.body?.getReader();
  let marked = { at: Date.now(), bytes: part.bytes() };
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await reader?.read();
      if (!next || next.done) break;
      await part.write(next.value);
      if (part.bytes() > mostBytes()) throw new CopyError("too_large");
      if (Date.now() - marked.at < MARK_EVERY_MS && part.bytes() - marked.bytes < MARK_EVERY_BYTES) continue;
      await part.mark();
      marked = { at: Date.now(), bytes: part.bytes() };
    }
  } finally {
    reader?.releaseLock();
  }
  if (total !== null && part.bytes() !== total) throw new CopyError("unavailable");
}
