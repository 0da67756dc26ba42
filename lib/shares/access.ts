import "server-only";
import type { GenerationRow, UploadRow } from "@/lib/db/schema";
import { findGeneration } from "@/lib/generations/data";
import { isToken, SHARED_HEADERS } from "@/lib/shares/policy";
import { findGiven } from "@/lib/uploads/data";
import { isHash } from "@/lib/uploads/schema";

/** Who asks, as far as is known: a visitor, somebody who shows a token, both, or neither. */
export type Asking = { owner: string | null; token: string | null };

export type Visible = { row: GenerationRow; as: "owner" | "shared" };

const ID = /^[0-9a-f-]{36}$/;

/**
 * The one place that decides who may see a generation: its owner, or whoever shows the token it is shared with. Null for
 * everybody else, and for what is deleted or never was: none of these can be told from another.
 */
export async function findVisible(id: string, { owner, token }: Asking): Promise<Visible | null> {
  const row = ID.test(id) ? await findGeneration(id) : undefined;
  if (!row || row.deleted_at !== null) return null;
  if (owner !== null && row.owner === owner) return { row, as: "owner" };
  return isToken(token, row.share_hash) ? { row, as: "shared" } : null;
}

/** A reference picture of a generation that is shared with its pictures; null for any other file. */
export async function findSharedPicture(
  sha256: string,
  generation: string,
  token: string | null,
): Promise<UploadRow | null> {
  if (!isHash(sha256)) return null;
  const visible = await findVisible(generation, { owner: null, token });
  if (visible?.row.share_pictures !== 1) return null;
  const upload = await findGiven(generation, sha256);
  return upload?.kind === "image" ? upload : null;
}

/** The token in an address; null when there is none. */
export const tokenOf = (url: string): string | null => new URL(url).searchParams.get("t");

/** What an answer to somebody who shows a token must say, whatever the answer is. Without a token it stays as it was. */
export function asShared(token: string | null, response: Response): Response {
  if (token !== null) for (const [name, value] of Object.entries(SHARED_HEADERS)) response.headers.set(name, value);
  return response;
}
