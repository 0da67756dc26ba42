import "server-only";
import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { env } from "@/lib/env";

const READ_BYTES = 64 * 1024;

/** Text that is written piece by piece and read back once: a manifest can be longer than what fits into memory. */
export type Spool = {
  write(text: string): Promise<void>;
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
};

/** Begins a spool in DATA_DIR. Its file has no name from the start, so that nothing stays behind, whatever happens. */
export async function openSpool(): Promise<Spool> {
  const folder = path.join(/* turbopackIgnore: true */ env().dataDir, "exports");
  await mkdir(folder, { recursive: true });
  const file = path.join(/* turbopackIgnore: true */ folder, `${randomUUID()}.part`);
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
