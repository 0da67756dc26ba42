import "server-only";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { env } from "@/lib/env";

const PART = ".part";
const NOTE = ".part.json";
const FOLDER_CHARS = 2;
const START_BYTES = 64;
// What a copy leaves free: a database on the same disk must still be able to write.
const SPARE_BYTES = 64 * 1024 * 1024;

const root = () => path.join(/* turbopackIgnore: true */ env().dataDir, "vault");

/** Where the copy of an output lies below the vault. Folders of two characters keep each of them small. */
export const copyPath = (generation: string, index: number) =>
  path.posix.join(generation.slice(0, FOLDER_CHARS), `${generation}-${index}`);

/** A path from a row, on this machine. */
export const copyFile = (copy: string) => path.join(/* turbopackIgnore: true */ root(), copy);

/** The disk does not take what is written: it is full, read-only, or not there. `code` is the system's own word. */
export class NoPlaceError extends Error {
  override name = "NoPlaceError";
  constructor(readonly code: string) {
    super(`The vault cannot be written: ${code}`);
  }
}

async function writing<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: NodeJS.ErrnoException) => {
    throw new NoPlaceError(error.code ?? error.message);
  });
}

/** Refuses a file for which the disk has no room, before it is fetched. @throws {NoPlaceError} */
export async function requireDiskRoom(bytes: number): Promise<void> {
  const { bavail, bsize } = await writing(mkdir(root(), { recursive: true }).then(() => statfs(root())));
  if (bavail * bsize < bytes + SPARE_BYTES) throw new NoPlaceError("ENOSPC");
}

/** What is known of a half copy: the version it is of, and how many of its bytes survive the loss of power. */
type Note = { etag: string; bytes: number };

/** A copy on its way in. Nothing is served from it. */
export type Part = {
  readonly file: string;
  /** How many bytes are there, and of which version; a part of no known version is always begun anew. */
  bytes(): number;
  etag(): string | null;
  /** From which byte on it was written since it was opened: 0 where what was there had to go. */
  from(): number;
  /** Begins with the first byte, of this version. */
  restart(etag: string | null): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  /** Makes what has come so far safe, so that whoever goes on need not fetch it again. */
  mark(): Promise<void>;
  /** Ends it, safe on disk, and returns its first bytes. */
  finish(): Promise<Uint8Array>;
  /** Moves it to its place, where it replaces whatever lies there. */
  keep(): Promise<void>;
  /** Lets go of it; what has come stays for the next attempt. */
  close(): Promise<void>;
  /** Lets go of it and removes it. */
  drop(): Promise<void>;
};

/** Opens the half copy of an output, or begins one. Every method @throws {NoPlaceError} for what the disk refuses. */
export async function openPart(copy: string): Promise<Part> {
  const place = copyFile(copy);
  const [file, note] = [`${place}${PART}`, `${place}${NOTE}`];
  await writing(mkdir(path.dirname(place), { recursive: true }));
  const known = await readNote(note);
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  let etag = known?.etag ?? null;
  let bytes = Math.min(size, known?.bytes ?? 0);
  let from = bytes;
  let handle: FileHandle | null = null;
  const letGo = async () => {
    await handle?.close().catch(() => {});
    handle = null;
  };
  const opened = async () => {
    if (handle) return handle;
    handle = await open(file, "r+");
    // What lies behind the mark may have been lost, or be of nobody knows what.
    await handle.truncate(bytes);
    return handle;
  };
  const writeNote = async () => {
    if (etag === null) return rm(note, { force: true });
    const draft = `${note}.new`;
    await writeFile(draft, JSON.stringify({ etag, bytes } satisfies Note));
    await rename(draft, note);
  };
  return {
    file,
    bytes: () => bytes,
    etag: () => etag,
    from: () => from,
    async restart(version) {
      await letGo();
      // A new file, not an emptied one: a server that slept through its claim may still be writing to the old.
      await writing(rm(file, { force: true }));
      [etag, bytes, from] = [version, 0, 0];
      await writing(writeNote());
      handle = await writing(open(file, "wx+"));
    },
    async write(chunk) {
      await writing(opened().then((into) => writeAll(into, chunk, bytes)));
      bytes += chunk.byteLength;
    },
    async mark() {
      await writing(opened().then((into) => into.datasync()));
      await writing(writeNote());
    },
    async finish() {
      const start = Buffer.alloc(START_BYTES);
      const ended = async (into: FileHandle) => {
        await into.datasync();
        return into.read(start, 0, START_BYTES, 0);
      };
      const { bytesRead } = await writing(opened().then(ended));
      await letGo();
      return start.subarray(0, bytesRead);
    },
    async keep() {
      await writing(rename(file, place).then(() => syncFolder(path.dirname(place))));
      await rm(note, { force: true });
    },
    close: letGo,
    async drop() {
      await letGo();
      for (const leftover of [file, note, `${note}.new`]) await rm(leftover, { force: true }).catch(() => {});
    },
  };
}

async function writeAll(into: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    done += (await into.write(chunk, done, chunk.byteLength - done, position + done)).bytesWritten;
  }
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Note;
  } catch {
    return null;
  }
}

/** Makes a new name as durable as the file. Not every system can, and then the name may be lost with the power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Removes a copy's file; one that is not there is fine. */
export const removeFile = (copy: string): Promise<void> => rm(copyFile(copy), { force: true });

/** A file in the vault that has not been touched for a while. */
export type OldCopy = { copy: string; generation: string; index: number; isKept: boolean };

/** Every file of ours that was neither written nor moved since `before` (milliseconds since 1970), folder by folder. */
export async function* listOldCopies(before: number): AsyncGenerator<OldCopy> {
  for (const folder of await readdir(root()).catch(() => [])) {
    for (const name of await readdir(path.join(/* turbopackIgnore: true */ root(), folder)).catch(() => [])) {
      const [, generation, index, rest] = /^(.+)-(\d+)((?:\.part(?:\.json(?:\.new)?)?)?)$/.exec(name) ?? [];
      if (generation === undefined) continue;
      const copy = path.posix.join(folder, name);
      // The time of the last change of any kind: a file that was moved a moment ago may have been written long before.
      const touched = await stat(copyFile(copy)).catch(() => null);
      if (touched?.isFile() && touched.ctimeMs < before) {
        yield { copy, generation, index: Number(index), isKept: rest === "" };
      }
    }
  }
}
