import { drawPoster } from "@/components/uploads/poster";
import type { FromWorker, Preparing, ToWorker } from "@/components/uploads/prepare-file";
import { preparePicture } from "@/components/uploads/prepare-picture";

type Given = Extract<ToWorker, { file: File }>;

/** A poster is an extra: nobody waits longer for it, nor does any other file. */
const POSTER_TIMEOUT_MS = 10_000;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: FromWorker): void;
};
const cancelled = new Set<number>();
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if ("isCancelled" in data) cancelled.add(data.id);
  else last = last.then(() => answer(data));
};

/** Whatever happens to one file is told, and the next one has its turn. */
async function answer(given: Given) {
  const { id } = given;
  if (cancelled.delete(id)) return;
  const prepared = await prepare(given).catch(() => null);
  if (!cancelled.delete(id)) scope.postMessage({ id, prepared });
}

async function prepare({ id, file, kind }: Given): Promise<Preparing> {
  const how = {
    isCancelled: () => cancelled.has(id),
    onProgress: (progress: number) => scope.postMessage({ id, progress }),
    onPicture: (picture: Blob) => scope.postMessage({ id, picture }),
  };
  if (kind === "image") return preparePicture(file, how);
  if (kind === "video") {
    const tooLong = new Promise<void>((resolve) => setTimeout(resolve, POSTER_TIMEOUT_MS));
    // Only the poster would be missing.
    await Promise.race([drawPoster(file, how), tooLong]).catch(() => {});
  }
  return { ok: true, blob: file, name: file.name };
}
