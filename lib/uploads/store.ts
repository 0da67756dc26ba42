import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { env } from "@/lib/env";

const OWNER_CHARS = 16;
const PART = ".part";
const BIN = ".bin";

const root = () => path.join(/* turbopackIgnore: true */ env().dataDir, "uploads");
const folderOf = (owner: string) => path.join(root(), owner.slice(0, OWNER_CHARS));

/** Where a visitor's file lies. One folder a visitor: the same file of two visitors survives the deletion by one. */
export const uploadFile = (owner: string, sha256: string) => path.join(folderOf(owner), sha256);

/** A file on its way in. Nothing knows of it until `keep`; `drop` leaves nothing behind and may always be called. */
export type Part = {
  file: string;
  bytes(): number;
  write(chunk: Uint8Array): Promise<void>;
  /** Ends it, safe on disk, and returns its SHA-256. */
  finish(): Promise<string>;
  /** Moves it to its place; the same file may be there already. */
  keep(): Promise<void>;
  drop(): Promise<void>;
};

/** Begins a file beside its place. @throws what the disk says: full, read-only, not there. */
export async function openPart(owner: string): Promise<Part> {
  const folder = folderOf(owner);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${randomUUID()}${PART}`);
  const hash = createHash("sha256");
  let handle: FileHandle | null = await open(file, "wx");
  let bytes = 0;
  let sha256 = "";
  return {
    file,
    bytes: () => bytes,
    async write(chunk) {
      await handle?.appendFile(chunk);
      hash.update(chunk);
      bytes += chunk.byteLength;
    },
    async finish() {
      await handle?.datasync();
      await handle?.close();
      handle = null;
      sha256 = hash.digest("hex");
      return sha256;
    },
    keep: () => rename(file, uploadFile(owner, sha256)),
    async drop() {
      await handle?.close().catch(() => {});
      handle = null;
      await rm(file, { force: true });
    },
  };
}

/** Whether a visitor's file is there. */
export const hasFile = (owner: string, sha256: string): Promise<boolean> =>
  stat(uploadFile(owner, sha256)).then(
    () => true,
    () => false,
  );

/**
 * Removes a visitor's file, unless `isWanted` once it is out of the way: whoever stored the same file meanwhile has its
 * row by then, and gets it back. A file that is not there is fine.
 */
export async function discardFile(owner: string, sha256: string, isWanted: () => Promise<boolean>): Promise<void> {
  const file = uploadFile(owner, sha256);
  const bin = `${file}.${randomUUID()}${BIN}`;
  try {
    await rename(file, bin);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (await isWanted()) await rename(bin, file);
  else await rm(bin, { force: true });
}

/** A file under the store that has not been touched for a while. `owner` is as much of it as the folder's name tells. */
export type OldFile = { owner: string; sha256: string | null; state: "part" | "bin" | "kept"; file: string };

/** Every file that was neither written nor moved since `before` (milliseconds since 1970), folder by folder. */
export async function* listOldFiles(before: number): AsyncGenerator<OldFile> {
  for (const owner of await readdir(root()).catch(() => [])) {
    for (const name of await readdir(path.join(root(), owner)).catch(() => [])) {
      const file = path.join(root(), owner, name);
      // The time of the last change of any kind: a file that was moved a moment ago may have been written long before.
      const touched = await stat(file).catch(() => null);
      if (!touched?.isFile() || touched.ctimeMs >= before) continue;
      const [, sha256 = null] = /^([0-9a-f]{64})(?:\.|$)/.exec(name) ?? [];
      yield { owner, sha256, state: name.endsWith(PART) ? "part" : name.endsWith(BIN) ? "bin" : "kept", file };
    }
  }
}

/** Gives a file that lies in the bin its place back, unless there is one again. */
export async function restoreFile({ owner, sha256, file }: OldFile): Promise<void> {
  if (sha256 !== null && !(await hasFile(owner, sha256))) await rename(file, uploadFile(owner, sha256));
}

export const removeFile = (file: string): Promise<void> => rm(file, { force: true });
