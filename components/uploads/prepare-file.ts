import type { UploadKind } from "@/lib/uploads/schema";

/** What is sent of a chosen file, and under which name. */
export type Prepared = { blob: Blob; name: string };

export type Preparing =
  | ({ ok: true } & Prepared)
  /** `message` is a sentence or two for a person: what is wrong, and what to do. */
  | { ok: false; message: string; canRetry: boolean };

/** Makes of a chosen file what is sent. `onPicture` gets something harmless to draw, as soon as there is something. */
export type PrepareFile = (
  file: File,
  kind: UploadKind,
  how: { signal: AbortSignal; onProgress: (share: number) => void; onPicture: (picture: Blob) => void },
) => Promise<Preparing>;

export type ToWorker = { id: number; file: File; kind: UploadKind } | { id: number; isCancelled: true };
/** `prepared` is null when the worker itself could not go on: out of memory, or a canvas that the browser refused. */
export type FromWorker = { id: number } & ({ progress: number } | { picture: Blob } | { prepared: Preparing | null });

const FAILED: Preparing = {
  ok: false,
  message:
    "This file could not be prepared: the browser ran out of memory or stopped. Try again, or add a smaller one.",
  canRetry: true,
};
// OffscreenCanvas came to the last browser in 2023, Safari 16.4; a canvas on the page's own thread would freeze it.
const TOO_OLD: Preparing = {
  ok: false,
  message: "This browser is too old to make pictures ready. Update it, or give the https address of the picture.",
  canRetry: false,
};

const jobs = new Map<number, (news: FromWorker) => void>();
let worker: Worker | null = null;
let lastId = 0;

/** Off the page's thread, one file after another: each picture is held in memory whole. */
export const prepareFile: PrepareFile = (file, kind, { signal, onProgress, onPicture }) => {
  if (kind === "image" && typeof OffscreenCanvas === "undefined") return Promise.resolve(TOO_OLD);
  return new Promise((resolve) => {
    const id = ++lastId;
    const finish = (prepared: Preparing) => {
      signal.removeEventListener("abort", cancel);
      jobs.delete(id);
      // An idle worker would keep what it has decoded.
      if (jobs.size === 0) stop();
      resolve(prepared);
    };
    const cancel = () => {
      tell({ id, isCancelled: true });
      finish(FAILED);
    };
    jobs.set(id, (news) => {
      if ("prepared" in news) finish(news.prepared ?? FAILED);
      else if ("picture" in news) onPicture(news.picture);
      else onProgress(news.progress);
    });
    signal.addEventListener("abort", cancel);
    tell({ id, file, kind });
  });
};

function tell(message: ToWorker) {
  worker ??= start();
  worker.postMessage(message);
}

function start(): Worker {
  const started = new Worker(new URL("./prepare.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<FromWorker>) => jobs.get(data.id)?.(data);
  started.onerror = (event) => {
    event.preventDefault();
    stop();
    for (const [id, report] of [...jobs]) report({ id, prepared: FAILED });
  };
  return started;
}

function stop() {
  worker?.terminate();
  worker = null;
}
