import "server-only";
import type { GenerationRow, UploadRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { filesOf, replaceFiles } from "@/lib/models/request";
import type { Model } from "@/lib/models/schema";
import { signedPath } from "@/lib/uploads/access";
import { findUploads } from "@/lib/uploads/data";
import { shaOfRef } from "@/lib/uploads/schema";
import { MissingFileError, readUpload } from "@/lib/uploads/service";
import { hasFile } from "@/lib/uploads/store";

/**
 * A generation's input as it is sent: every upload that its file fields name has become an address MindVideo can fetch, or
 * the file itself. The same generation gives the same bytes each time. A reference anywhere else is text and stays.
 * @throws {MissingFileError} when one of them is gone or cannot reach MindVideo from here
 */
export async function resolveFiles(
  model: Model,
  input: Record<string, unknown>,
  generation: Pick<GenerationRow, "id" | "owner">,
): Promise<Record<string, unknown>> {
  const hashes = new Set(filesOf(model, input).flatMap(({ value }) => shaOfRef(value) ?? []));
  const rows = await findUploads(generation.owner, [...hashes]);
  const sent = new Map<string, Promise<string>>();
  return replaceFiles(model, input, async ({ value }) => {
    const sha256 = shaOfRef(value);
    if (!sha256) return value;
    const row = rows.find((found) => found.sha256 === sha256);
    if (!row) throw new MissingFileError("The upload is not known");
    // A file named twice is read once.
    const sending = sent.get(sha256) ?? sentAs(row, generation.id);
    sent.set(sha256, sending);
    return sending;
  });
}

async function sentAs(row: UploadRow, generation: string): Promise<string> {
  const { upstream, publicUrl } = env();
  if (upstream === "sandbox") {
    // It draws pictures; of the rest it only says what it was, so nothing of that is handed over.
    return row.kind === "image" ? dataUri(row) : `data:${row.mime};seconds=${(row.duration_ms ?? 0) / 1_000},`;
  }
  if (row.host_url !== null) return row.host_url;
  if (publicUrl !== null && (await hasFile(row.owner, row.sha256))) {
    return `${publicUrl}${await signedPath(generation, row.sha256)}`;
  }
  if (publicUrl === null && row.kind === "image") return dataUri(row);
  throw new MissingFileError("There is no way to MindVideo for this file");
}

async function dataUri(row: UploadRow): Promise<string> {
  return `data:${row.mime};base64,${(await readUpload(row)).toString("base64")}`;
}
