import "server-only";
import { db } from "@/lib/db/client";
import type { GenerationRow, UploadRow } from "@/lib/db/schema";
import { listOwned } from "@/lib/generations/data";
import { listUploads } from "@/lib/uploads/data";

const PAGE = 50;

/** Whether an export of this visitor runs at this moment, on whichever server. */
export async function isExporting(owner: string, now: number): Promise<boolean> {
  const row = await (await db())
    .selectFrom("exports")
    .select("owner")
    .where("owner", "=", owner)
    .where("claimed_until", ">", now)
    .executeTakeFirst();
  return row !== undefined;
}

/** All that a visitor had made until `until`, newest first, a page at a time in memory. */
export async function* everyGeneration(owner: string, until: number): AsyncGenerator<GenerationRow> {
  let before = { createdAt: until + 1, id: "" };
  for (let found = PAGE; found === PAGE; ) {
    const rows = await listOwned(owner, PAGE, before);
    found = rows.length;
    yield* rows;
    const last = rows.at(-1);
    if (last) before = { createdAt: last.created_at, id: last.id };
  }
}

/** All that a visitor had uploaded until `until`, newest first, a page at a time in memory. */
export async function* everyUpload(owner: string, until: number): AsyncGenerator<UploadRow> {
  let before = { createdAt: until + 1, sha256: "" };
  for (let found = PAGE; found === PAGE; ) {
    const rows = await listUploads(owner, PAGE, before);
    found = rows.length;
    yield* rows;
    const last = rows.at(-1);
    if (last) before = { createdAt: last.created_at, sha256: last.sha256 };
  }
}
