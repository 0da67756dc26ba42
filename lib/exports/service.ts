import "server-only";
import type { GenerationRow, UploadRow } from "@/lib/db/schema";
import { everyGeneration, everyUpload } from "@/lib/exports/data";
import { createNames, MAX_FILES, type Names, safeName } from "@/lib/exports/policy";
import { openSpool, type Spool } from "@/lib/exports/store";
import { toGeneration } from "@/lib/generations/queries";
import type { Keep } from "@/lib/generations/schema";
import { log } from "@/lib/log";
import { downloadName, extensionOf } from "@/lib/outputs/policy";
import { openOutput } from "@/lib/outputs/service";
import { openUpload } from "@/lib/uploads/service";

const MILLIONTHS = 1_000_000;

/** One file of the archive. `input` is read to its end before the next file is asked for. */
export type Entry = { name: string; lastModified: Date; input: AsyncIterable<Uint8Array> };

type Kept = { file: string; bytes: number; why?: string };
type Missing = { why: string };

const NOT_HERE: Record<Exclude<Keep["state"], "link"> | Extract<Keep, { state: "link" }>["why"], string> = {
  pending: "Its copy is still being made. Take your work out again in a few minutes.",
  kept: "Its copy could not be read.",
  full: "There was no room for a copy. It plays from MindVideo's link while that lives.",
  dropped: "Its copy made room for newer ones. It plays from MindVideo's link while that lives.",
  failed: "It could not be copied. It plays from MindVideo's link while that lives.",
  too_large: "It is too large to be kept here. It plays from MindVideo's link while that lives.",
};
const TOO_MANY = `One archive holds ${MAX_FILES} files at most, and this is one more.`;
const GONE = "Its file is no longer here.";

/** What an archive holds when it is done. */
export type Tally = { files: number; missing: number };

/**
 * Everything of a visitor as files, one after another, each opened when its turn has come: outputs, uploads, and at last a
 * manifest that says what each is and what is missing. A file that breaks off ends early, and the manifest says so.
 */
export async function* everything(owner: string, now: number, stop: AbortSignal, tally: Tally): AsyncGenerator<Entry> {
  const [names, spool] = [createNames(), await openSpool()];
  const take = createTaker(stop, names, tally);
  try {
    await spool.write(
      `{\n  "about": ${JSON.stringify(ABOUT)},\n  "madeAt": ${JSON.stringify(timeOf(now))},\n  "generations": [`,
    );
    yield* inList(spool, everyGeneration(owner, now), (row) => outputsOf(row, take, stop));
    await spool.write(`],\n  "uploads": [`);
    yield* inList(spool, everyUpload(owner, now), (row) => uploadOf(row, take, stop));
    await spool.write("]\n}\n");
    if (!stop.aborted) yield { name: "manifest.json", lastModified: new Date(now), input: spool.read() };
  } finally {
    await spool.close();
  }
}

const ABOUT =
  "Your work in MindVideo Playground. Costs are in MindVideo's own unit. A setting that begins with upload: names one of the uploads by its sha256.";

async function* inList<Row>(
  spool: Spool,
  rows: AsyncIterable<Row>,
  filesOf: (row: Row) => AsyncGenerator<Entry, object>,
): AsyncGenerator<Entry> {
  let isEmpty = true;
  for await (const row of rows) {
    // Read by people too: indented as deep as it stands.
    const record = JSON.stringify(yield* filesOf(row), null, 2).replaceAll("\n", "\n    ");
    await spool.write(`${isEmpty ? "" : ","}\n    ${record}`);
    isEmpty = false;
  }
  if (!isEmpty) await spool.write("\n  ");
}

async function* outputsOf(row: GenerationRow, take: Taker, stop: AbortSignal): AsyncGenerator<Entry, object> {
  const { outputs, ...known } = await toGeneration(row);
  const files: object[] = [];
  for (const { index, kind, keep } of stop.aborted ? [] : outputs) {
    const took = yield* take(
      () => openOutput(row, index),
      ({ mime }) => {
        const extension = extensionOf(mime);
        return ["outputs", downloadName({ model: row.model, prompt: row.prompt, id: row.id, index, extension })];
      },
      NOT_HERE[keep.state === "link" ? keep.why : keep.state],
      row.finished_at ?? row.created_at,
    );
    files.push({ kind, ...took });
  }
  return {
    id: known.id,
    model: known.model,
    modelName: known.modelName,
    status: known.status,
    prompt: row.prompt,
    settings: known.input,
    pressedAt: timeOf(known.createdAt),
    acceptedAt: timeOf(known.acceptedAt),
    finishedAt: timeOf(known.finishedAt),
    cost: costOf(known.costActual),
    estimate: costOf(known.costEstimate),
    error: known.error,
    star: known.favorite,
    continues: known.parentId,
    task: known.taskId,
    request: known.requestId,
    outputs: files,
  };
}

async function* uploadOf(row: UploadRow, take: Taker, stop: AbortSignal): AsyncGenerator<Entry, object> {
  const took = yield* take(
    async () => {
      const { body } = await openUpload(row, { method: "GET", headers: new Headers(), signal: stop });
      return body && { bytes: row.bytes, mime: row.mime, stream: body };
    },
    () => ["uploads", safeName(row.name, extensionOf(row.mime))],
    GONE,
    row.created_at,
  );
  return { sha256: row.sha256, name: row.name, type: row.mime, addedAt: timeOf(row.created_at), ...took };
}

const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const costOf = (millionths: number | null) => (millionths === null ? null : millionths / MILLIONTHS);

type Opened = { bytes: number | null; mime: string; stream: ReadableStream<Uint8Array> };
type Taker = ReturnType<typeof createTaker>;

/** How files get into the archive: opened one at a time, named once, and left out with a reason where that cannot be. */
function createTaker(stop: AbortSignal, names: Names, tally: Tally) {
  return async function* take(
    open: () => Promise<Opened | null>,
    nameOf: (opened: Opened) => [folder: string, name: string],
    whyMissing: string,
    changedAt: number,
  ): AsyncGenerator<Entry, Kept | Missing> {
    const missing = (why: string): Missing => {
      tally.missing++;
      return { why };
    };
    if (stop.aborted) return missing(GONE);
    if (names.size >= MAX_FILES) return missing(TOO_MANY);
    const opened = await open().catch(told);
    // Its first bytes, before it is promised a place: a file that vanished a moment ago only shows now.
    const reading = opened && (await startReading(opened.stream, stop));
    if (!opened || !reading) return missing(whyMissing);
    const name = names.take(...nameOf(opened));
    yield { name, lastModified: new Date(changedAt), input: reading.rest() };
    tally.files++;
    const { bytes } = reading.end();
    if (opened.bytes === null || bytes === opened.bytes) return { file: name, bytes };
    tally.missing++;
    return { file: name, bytes, why: `It broke off: ${bytes} of ${opened.bytes} bytes could be read.` };
  };
}

function told(error: unknown): null {
  log.warn({ event: "export_file_missing", err: error });
  return null;
}

/** Reads a stream from its first piece on; null when there is none to be had. What breaks off later ends, and is logged. */
async function startReading(stream: ReadableStream<Uint8Array>, stop: AbortSignal) {
  const reader = stream.getReader();
  // The archive's writer does not let go of a file in the middle by itself.
  const letGo = () => void reader.cancel().catch(() => {});
  stop.addEventListener("abort", letGo, { once: true });
  const next = () => reader.read().catch((error) => ({ done: true, value: undefined, broke: told(error) }) as const);
  let bytes = 0;
  const end = () => {
    stop.removeEventListener("abort", letGo);
    letGo();
    return { bytes };
  };
  const first = await next();
  if ("broke" in first) {
    end();
    return null;
  }
  return {
    end,
    async *rest(): AsyncGenerator<Uint8Array> {
      for (let piece = first as { done: boolean; value?: Uint8Array }; !piece.done; piece = await next()) {
        if (!piece.value || stop.aborted) return;
        bytes += piece.value.byteLength;
        yield piece.value;
      }
    },
  };
}
