import "server-only";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { UploadError, uploadRefusal } from "@/lib/uploads/errors";
import { createTurns } from "@/lib/uploads/limits";
import type { Judged } from "@/lib/uploads/schema";

const READ_TIMEOUT_MS = 8_000;
const READ_MEMORY_MB = 256;
const READER = path.join(/* turbopackIgnore: true */ process.cwd(), "lib", "uploads", "clip-worker.mjs");

// Apart from the turns of pictures, which no hostile clip may hold up.
const inTurn = createTurns(2);

type Verdict = Judged | "broken" | "wrong_type";

/**
 * What a video or a sound is, by its container and tracks; nothing of it is decoded. It is read in a thread of its own, which
 * is ended when it takes too long or too much. @throws {UploadError}
 */
export async function judgeClip(file: string, timeoutMs: number = READ_TIMEOUT_MS): Promise<Judged> {
  const verdict = await inTurn(() => readInThread(file, timeoutMs));
  if (typeof verdict === "string") throw new UploadError(uploadRefusal(verdict));
  return verdict;
}

async function readInThread(file: string, timeoutMs: number): Promise<Verdict> {
  // It reads what strangers wrote, so it knows nothing of ours: no environment.
  const reader = new Worker(READER, {
    workerData: { file },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: READ_MEMORY_MB },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Verdict>((resolve, reject) => {
      timer = setTimeout(() => resolve("broken"), timeoutMs);
      reader.once("message", resolve);
      reader.once("error", (error: NodeJS.ErrnoException) => {
        // No sound file needs so much. Anything else is no file's fault: the reader itself could not run.
        if (error.code === "ERR_WORKER_OUT_OF_MEMORY") resolve("broken");
        else reject(error);
      });
    });
  } finally {
    clearTimeout(timer);
    await reader.terminate();
  }
}
