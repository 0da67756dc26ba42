import type { Prepared, PrepareFile } from "@/components/uploads/prepare-file";
import type { SendFile } from "@/components/uploads/send-file";
import type { Upload, UploadKind } from "@/lib/uploads/schema";

/** A file on its way from a person's device to us. */
export type QueuedFile = {
  id: string;
  name: string;
  kind: UploadKind;
  bytes: number;
  state: "preparing" | "sending" | "failed";
  /** 0 to 1, of the state it is in. */
  progress: number;
  /** Why it failed and what to do, in a sentence or two. */
  problem: string | null;
  canRetry: boolean;
  /** An object URL that lives as long as the file is queued; null until the file is known to be harmless to draw. */
  pictureUrl: string | null;
};

type Neighbours = {
  prepare: PrepareFile;
  send: SendFile;
  /** A file is in another state, or further on. */
  onNews: (file: QueuedFile) => void;
  onArrived: (file: QueuedFile, upload: Upload) => void;
};

type Job = {
  file: QueuedFile;
  source: File;
  prepared: Prepared | null;
  controller: AbortController;
  isCut: boolean;
};

const SENDS_AT_ONCE = 3;
/** Nothing throws but what was cancelled, and the loading of what handles files. */
const UNLOADED = {
  ok: false,
  code: "network",
  message: "The connection was cut. Try again when you are online.",
  canRetry: true,
} as const;

/** Files being prepared and sent, each by itself; what one meets is nothing to the others. */
export function createUploadJobs({ prepare, send, onNews, onArrived }: Neighbours) {
  const jobs = new Map<string, Job>();
  const waiting: Job[] = [];
  let sending = 0;
  let lastId = 0;

  function show(job: Job, news: Partial<QueuedFile>) {
    if (!jobs.has(job.file.id)) return;
    job.file = { ...job.file, ...news };
    onNews(job.file);
  }

  function fail(job: Job, { message, canRetry, code }: { message: string; canRetry: boolean; code?: string }) {
    job.isCut = code === UNLOADED.code;
    show(job, { state: "failed", problem: message, canRetry });
  }

  async function run(job: Job) {
    const { signal } = job.controller;
    if (signal.aborted) return;
    if (job.prepared === null) {
      const preparing = prepare(job.source, job.file.kind, {
        signal,
        onProgress: (progress) => show(job, { progress }),
        onPicture: (picture) => {
          if (signal.aborted || job.file.pictureUrl) return;
          show(job, { pictureUrl: URL.createObjectURL(picture) });
        },
      });
      const prepared = await preparing.catch(() => UNLOADED);
      if (signal.aborted) return;
      if (!prepared.ok) return fail(job, prepared);
      job.prepared = prepared;
    }
    show(job, { state: "sending", progress: 0 });
    waiting.push(job);
    sendNext();
  }

  function sendNext() {
    while (sending < SENDS_AT_ONCE) {
      const job = waiting.shift();
      if (!job) return;
      if (job.controller.signal.aborted || !job.prepared) continue;
      sending++;
      void sendOne(job, job.prepared).finally(() => {
        sending--;
        sendNext();
      });
    }
  }

  async function sendOne(job: Job, { blob, name }: Prepared) {
    const { signal } = job.controller;
    const { kind } = job.file;
    const onProgress = (progress: number) => show(job, { progress });
    const sent = await send(blob, { name, kind, signal, onProgress }).catch(() => UNLOADED);
    if (signal.aborted) return;
    if (sent.ok) onArrived(job.file, sent.upload);
    else fail(job, sent);
  }

  return {
    start(source: File, kind: UploadKind): QueuedFile {
      const file: QueuedFile = {
        id: String(++lastId),
        name: source.name,
        kind,
        bytes: source.size,
        state: "preparing",
        progress: 0,
        problem: null,
        canRetry: false,
        pictureUrl: null,
      };
      const job: Job = { file, source, prepared: null, controller: new AbortController(), isCut: false };
      jobs.set(file.id, job);
      // Once whoever started it has put it in its place, and not in the same task: the first one loads what it takes.
      setTimeout(() => run(job));
      return file;
    },

    /** Also of what has arrived: its picture is let go. */
    end(id: string) {
      const job = jobs.get(id);
      if (!job) return;
      jobs.delete(id);
      job.controller.abort();
      if (job.file.pictureUrl) URL.revokeObjectURL(job.file.pictureUrl);
    },

    retry(id: string) {
      const job = jobs.get(id);
      if (job?.file.state !== "failed") return;
      job.controller = new AbortController();
      show(job, { state: "preparing", progress: 0, problem: null, canRetry: false });
      void run(job);
    },

    /** What the network kept back can go now; whether it should is for the person to say. */
    offerAgain() {
      for (const job of jobs.values()) {
        if (job.isCut && job.file.state === "failed") show(job, { problem: "The connection is back. Try again." });
      }
    },
  };
}
