import "server-only";
import type { GenerationRow } from "@/lib/db/schema";
import type { OutputKind } from "@/lib/generations/schema";
import { answer, refuse } from "@/lib/http";
import { log } from "@/lib/log";
import { mindVideo } from "@/lib/mindvideo/service";
import { downloadName, extensionOf, judgeType } from "@/lib/outputs/policy";

const SNIFF_BYTES = 64;
const MAX_KNOWN_TYPES = 1_000;
// The answer to several ranges at once has a type of its own, which would not be the file's.
const ONE_RANGE = /^bytes=(\d+-\d*|-\d+)$/i;
const PASSED_ON = ["content-length", "content-range", "accept-ranges", "etag", "last-modified"];

const knownTypes = new Map<string, string>();

/**
 * Passes an output's file through from where MindVideo keeps it, with the type its bytes show. 404 for an index that
 * does not exist, 410 when the link has died, 502 when the file cannot be had now.
 */
export async function serveOutput(row: GenerationRow, index: number, request: Request): Promise<Response> {
  const outputs = JSON.parse(row.outputs ?? "[]") as { kind: OutputKind; url: string }[];
  const output = outputs[index];
  if (!output) return refuse("not_found");
  try {
    const type = await typeOf(`${row.id}/${index}`, output.url, request.signal);
    if (typeof type === "number") return gone(type);
    const wanted = new Headers(request.headers);
    if (!ONE_RANGE.test(wanted.get("range") ?? "")) wanted.delete("range");
    const upstream = await mindVideo().output(output.url, wanted, request.signal);
    if (![200, 206, 416].includes(upstream.status)) {
      await upstream.body?.cancel();
      return gone(upstream.status);
    }
    const headers = new Headers(
      PASSED_ON.flatMap((name) => {
        const value = upstream.headers.get(name);
        return value ? [[name, value]] : [];
      }),
    );
    headers.set("Content-Type", type);
    headers.set("Content-Disposition", disposition(row, index, type, request));
    headers.set("Cache-Control", "private, max-age=3600");
    headers.set("X-Content-Type-Options", "nosniff");
    // Whatever the bytes are, opened by themselves they may not run or load anything.
    headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (request.method === "HEAD") await upstream.body?.cancel();
    return new Response(request.method === "HEAD" ? null : upstream.body, { status: upstream.status, headers });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    log.warn({ event: "output_failed", generation: row.id, err: error });
    return gone(502);
  }
}

function gone(status: number): Response {
  const isDead = [401, 403, 404, 410].includes(status);
  return isDead
    ? answer({ error: { code: "output_gone", message: "MindVideo no longer has this file." } }, 410)
    : answer({ error: { code: "output_unavailable", message: "The file cannot be had right now. Try again." } }, 502);
}

function disposition(row: GenerationRow, index: number, type: string, request: Request): string {
  const extension = extensionOf(type);
  const wantsDownload = new URL(request.url).searchParams.has("download");
  // What is neither a video nor a picture is never shown in a page of ours.
  if (!wantsDownload && extension !== "bin") return "inline";
  return `attachment; filename="${downloadName({ model: row.model, prompt: row.prompt, id: row.id, index, extension })}"`;
}

/** A file's type by its first bytes; a number is the status of an answer that has none to judge. */
async function typeOf(key: string, url: string, signal: AbortSignal): Promise<string | number> {
  const known = knownTypes.get(key);
  if (known) return known;
  const answered = await mindVideo().output(url, new Headers({ range: `bytes=0-${SNIFF_BYTES - 1}` }), signal);
  if (!answered.ok) {
    await answered.body?.cancel();
    return answered.status;
  }
  const type = judgeType(await readStart(answered.body));
  if (knownTypes.size >= MAX_KNOWN_TYPES) knownTypes.clear();
  knownTypes.set(key, type);
  return type;
}

/** The first bytes of a body; the rest is not fetched, even where the server ignored the Range. */
async function readStart(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const start = new Uint8Array(SNIFF_BYTES);
  let length = 0;
  if (!body) return start.subarray(0, 0);
  const reader = body.getReader();
  while (length < SNIFF_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, SNIFF_BYTES - length);
    start.set(part, length);
    length += part.length;
  }
  await reader.cancel();
  return start.subarray(0, length);
}
