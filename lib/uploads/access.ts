import "server-only";
import type { UploadRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { filesOf } from "@/lib/models/request";
import type { Model } from "@/lib/models/schema";
import { findUploads, findUsed } from "@/lib/uploads/data";
import { notSendable } from "@/lib/uploads/errors";
import { uploadsConfig } from "@/lib/uploads/queries";
import { isHash, shaOfRef, type UploadKind } from "@/lib/uploads/schema";
import { isUploadSignature, signUpload } from "@/lib/visitors/cookie";

const NOUN: Record<UploadKind, string> = { image: "image", video: "video", audio: "audio file" };
const withArticle = (kind: UploadKind) => `${kind === "video" ? "a" : "an"} ${NOUN[kind]}`;

type Issue = { field: string; message: string };

/**
 * The uploads that an input names in its file fields, each hash once, and what is wrong with them: not there, not this
 * visitor's, of a kind that does not belong where it stands, or of one that cannot reach MindVideo from here.
 */
export async function checkFiles(
  model: Model,
  input: Record<string, unknown>,
  owner: string,
): Promise<{ hashes: string[]; issues: Issue[] }> {
  const named = filesOf(model, input).filter(({ value }) => /^upload:/i.test(value));
  const hashes = [...new Set(named.flatMap(({ value }) => shaOfRef(value) ?? []))];
  const known = new Map((await findUploads(owner, hashes)).map((row) => [row.sha256, row]));
  const issues = named.flatMap(({ path, value, kinds }) => {
    const message = problemOf(known.get(shaOfRef(value) ?? ""), kinds);
    return message ? [{ field: String(path[0] ?? ""), message }] : [];
  });
  return { hashes, issues };
}

function problemOf(upload: UploadRow | undefined, kinds: UploadKind[]): string | null {
  const [only] = kinds.length === 1 ? kinds : [];
  if (!upload) return `This ${only ? NOUN[only] : "file"} is no longer here. Add it again.`;
  if (!kinds.includes(upload.kind)) {
    return `${kinds.map(withArticle).join(" or ")} belongs here, and this is ${withArticle(upload.kind)}.`.replace(
      /^./,
      (first) => first.toUpperCase(),
    );
  }
  const { upstream, publicUrl } = env();
  if (upload.host_url !== null || upload.kind === "image" || upstream === "sandbox" || publicUrl !== null) return null;
  if (!uploadsConfig().sendable.includes(upload.kind)) return notSendable(upload.kind).message;
  // From before this playground had UploadThing. The same file added once more goes there.
  return `This ${NOUN[upload.kind]} lies where MindVideo cannot reach it. Add it again.`;
}

const signedText = (generation: string, sha256: string) => `${generation}:${sha256}`;

/**
 * The path at which MindVideo can fetch a file for as long as this generation is not over. There is no time in it: the
 * request of a generation is made of the same bytes whenever it is made.
 */
export async function signedPath(generation: string, sha256: string): Promise<string> {
  return `/u/${sha256}?g=${generation}&sig=${await signUpload(signedText(generation, sha256))}`;
}

/** The file behind a signed path; undefined when any part of it is not right, or its generation is over. */
export async function openSigned(sha256: string, query: URLSearchParams): Promise<UploadRow | undefined> {
  const generation = query.get("g") ?? "";
  if (!isHash(sha256)) return undefined;
  const isSigned = await isUploadSignature(signedText(generation, sha256), query.get("sig") ?? "");
  return isSigned ? findUsed(generation, sha256) : undefined;
}
