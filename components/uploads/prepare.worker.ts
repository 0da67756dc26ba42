import { drawPoster } from "@/components/uploads/poster";
import type { FromWorker, Preparing, ToWorker } from "@/components/uploads/prepare-file";
import { preparePicture } from "@/components/uploads/prepare-picture";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: FromWorker): void;
};
const cancelled = new Set<number>();
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  if ("isCancelled" in data) cancelled.add(data.id);
  else last = last.then(() => prepare(data));
};

async function prepare({ id, file, kind }: Extract<ToWorker, { file: File }>) {
  if (cancelled.delete(id)) return;
  const how = {
    isCancelled: () => cancelled.has(id),
    onProgress: (progress: number) => scope.postMessage({ id, progress }),
    onPicture: (picture: Blob) => scope.postMessage({ id, picture }),
  };
  const prepared: Preparing =
    kind === "image" ? await preparePicture(file, how) : { ok: true, blob: file, name: file.name };
  if (kind === "video") await drawPoster(file, how);
  if (!cancelled.delete(id)) scope.postMessage({ id, prepared });
}
