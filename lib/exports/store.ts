import "server-only";
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import type { GenerationRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { findCopyFile } from "@/lib/exports/data";

const READ_BYTES = 64 * 1024;

/** Text that is written piece by piece and read back once: a manifest can be longer than what fits into memory. */
export type Spool = {
  write(text: string): Promise<void>;
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
};

/** Begins a spool in DATA_DIR. Its file has no name from the start, so that nothing stays behind, whatever happens. */
export async function openSpool(): Promise<Spool> {
  const folder = path.join(env().dataDir, "exports");
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${randomUUID()}.part`);
  const handle: FileHandle = await open(file, "wx+");
  await rm(file, { force: true });
  return {
    async write(text) {
      await handle.appendFile(text);
    },
    async *read() {
      for (let position = 0; ; ) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}

export async function openOutput(row: GenerationRow, index: number) {
  const copy = await findCopyFile(row.id, index);
  if (!copy?.path) return null;
  const file = path.join(env().dataDir, "vault", copy.path);
  const { size } = await stat(file);
  return {
    bytes: size,
    mime: copy.mime ?? "video/mp4",
    stream: Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
  };
}
