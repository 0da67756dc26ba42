import "server-only";
import { GuardError, guardedOpen } from "@/lib/guard/guard";
import { isObject, MindVideoError, networkError, parseRefusal, statusMayHaveArrived } from "@/lib/mindvideo/errors";
import { parseRetryAfter } from "@/lib/mindvideo/retry";
import {
  type MindVideo,
  parseEvents,
  parseId,
  parseJson,
  parseTask,
  type Task,
  withoutKey,
} from "@/lib/mindvideo/schema";

export const SUBMIT_TIMEOUT_MS = 20_000;
export const POLL_TIMEOUT_MS = 10_000;
export const EVENTS_TIMEOUT_MS = 3_000;
const OUTPUT_HEADERS_TIMEOUT_MS = 15_000;
const OUTPUT_IDLE_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

type Options = {
  /** Without a slash at its end: `https://api.mindvideo.ai/api/v1`. */
  baseUrl: string;
  apiKey: string;
  fetch: (request: Request) => Promise<Response>;
  /** Opens an output's file; the guard does, unless the files are not on the network (the sandbox). */
  openUrl?: MindVideo["output"];
  timeouts?: { submitMs?: number; pollMs?: number; eventsMs?: number };
  /** Called once for each status word this client has never met. */
  warn?: (message: string) => void;
};

/** `end` says how the body ended; only a `whole` one was read to its end. */
type Answer = { response: Response; text: string; end: "whole" | "late" | "cut" | "too long"; cause?: unknown };

/**
 * The adapter for MindVideo's HTTP API. What its documentation leaves open is read tolerantly here and nowhere else.
 * Each method makes one attempt within its time (20 s, 10 s, 3 s) and throws a `MindVideoError`.
 */
export function createMindVideo(options: Options): MindVideo {
  const { baseUrl, apiKey, timeouts = {}, warn = console.warn } = options;
  const openUrl = options.openUrl ?? openThroughGuard(new URL(baseUrl).origin);
  const met = new Set<string>();
  const onUnknownStatus = (word: string) => {
    if (met.has(word) || met.size >= 100) return;
    met.add(word);
    warn(`MindVideo answered with a status this playground does not know: "${word}". It is read as "processing".`);
  };

  function requestFor(path: string, init: RequestInit): Request {
    try {
      return new Request(`${baseUrl}${path}`, {
        ...init,
        headers: { Accept: "application/json", Authorization: `Bearer ${apiKey}`, ...init.headers },
        // Followed, a redirect would carry the key to another place.
        redirect: "manual",
        cache: "no-store",
      });
    } catch {
      // A key that is no header value, say; what was thrown quotes it.
      throw new MindVideoError({ kind: "network", code: "INVALID_REQUEST", mayHaveArrived: false });
    }
  }

  async function exchange(path: string, timeoutMs: number, init: RequestInit = {}): Promise<Answer> {
    const controller = new AbortController();
    let expire: () => void = () => {};
    const expired = new Promise<"late">((resolve) => {
      expire = () => resolve("late");
    });
    const timer = setTimeout(() => {
      expire();
      controller.abort();
    }, timeoutMs);
    try {
      const request = requestFor(path, { ...init, signal: controller.signal });
      const answering = options.fetch(request);
      // It loses the race when time runs out, and must not surface as an unhandled rejection then.
      answering.catch(() => {});
      const response = await Promise.race([answering, expired]);
      if (response === "late") throw new MindVideoError({ kind: "timeout", mayHaveArrived: true });
      const answer = await readBody(response, expired);
      return { response, ...answer, text: withoutKey(answer.text, apiKey) };
    } catch (error) {
      throw error instanceof MindVideoError ? error : networkError(error);
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }

  function refusal({ response, text }: Answer): MindVideoError {
    const parsed = parseJson(text, apiKey);
    const isPlainText = /^text\/plain\b/i.test(response.headers.get("content-type") ?? "");
    return new MindVideoError({
      kind: "http",
      status: response.status,
      ...parseRefusal(parsed ?? (isPlainText ? text : null)),
      requestId: requestIdOf(response, parsed, apiKey),
      retryAfterMs: parseRetryAfter(response.headers.get("retry-after")),
      mayHaveArrived: statusMayHaveArrived(response.status),
    });
  }

  function requireWhole(answer: Answer): void {
    if (!answer.response.ok) throw refusal(answer);
    if (answer.end === "late") throw new MindVideoError({ kind: "timeout", mayHaveArrived: true });
    if (answer.end === "cut") {
      throw new MindVideoError({ kind: "network", code: networkError(answer.cause).code, mayHaveArrived: true });
    }
  }

  /** A success without a task. Some services say no with a 200, and then the reason is in it. */
  const malformed = (answer: Answer, requestId: string | null) =>
    new MindVideoError({
      kind: "malformed",
      status: answer.response.status,
      ...parseRefusal(parseJson(answer.text, apiKey)),
      requestId,
      mayHaveArrived: true,
    });

  function readTask(answer: Answer): Task {
    requireWhole(answer);
    const parsed = answer.end === "whole" ? parseJson(answer.text, apiKey) : undefined;
    const task = parseTask(parsed, baseUrl, onUnknownStatus);
    const requestId = requestIdOf(answer.response, parsed, apiKey);
    if (!task) throw malformed(answer, requestId);
    return { ...task, requestId: task.requestId ?? requestId };
  }

  return {
    async submit(body, idempotencyKey) {
      const answer = await exchange("/tasks", timeouts.submitMs ?? SUBMIT_TIMEOUT_MS, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
        body,
      });
      const { taskId, ...task } = readTask(answer);
      if (!taskId) throw malformed(answer, task.requestId);
      return { ...task, taskId };
    },
    async task(taskId) {
      return readTask(await exchange(`/tasks/${encodeURIComponent(taskId)}`, timeouts.pollMs ?? POLL_TIMEOUT_MS));
    },
    async events(taskId) {
      const path = `/tasks/${encodeURIComponent(taskId)}/events`;
      const answer = await exchange(path, timeouts.eventsMs ?? EVENTS_TIMEOUT_MS);
      // A stream of events never ends by itself: what came in time is what there is.
      const isStream = /^text\/event-stream\b/i.test(answer.response.headers.get("content-type") ?? "");
      if (!answer.response.ok || !isStream) requireWhole(answer);
      return parseEvents(answer.text, apiKey);
    },
    output(url, headers, signal) {
      const asked = new Headers();
      for (const name of ["range", "if-range"]) {
        const value = headers.get(name);
        if (value) asked.set(name, value);
      }
      return openUrl(new URL(url, `${baseUrl}/`).href, asked, signal);
    },
  };
}

function requestIdOf(response: Response, parsed: unknown, apiKey: string): string | null {
  const body = isObject(parsed) ? parsed : {};
  const error = isObject(body.error) ? body.error : {};
  const header = response.headers.get("x-request-id") ?? response.headers.get("request-id") ?? "";
  return parseId(body.request_id) ?? parseId(error.request_id) ?? parseId(withoutKey(header, apiKey));
}

/** Reads at most 1 MB of a body. Its end is reported, not thrown: a refusal stays one however its body ends. */
async function readBody(response: Response, expired: Promise<"late">): Promise<Omit<Answer, "response">> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const stop = (end: Answer["end"], cause?: unknown) => {
    reader?.cancel().catch(() => {});
    return { text, end, cause };
  };
  while (reader) {
    try {
      const read = reader.read();
      read.catch(() => {});
      const next = await Promise.race([read, expired]);
      if (next === "late") return stop("late");
      if (next.done) break;
      bytes += next.value.byteLength;
      if (bytes > MAX_ANSWER_BYTES) return stop("too long");
      text += decoder.decode(next.value, { stream: true });
    } catch (error) {
      return stop("cut", error);
    }
  }
  return { text: text + decoder.decode(), end: "whole" };
}

const openThroughGuard =
  (origin: string): MindVideo["output"] =>
  async (url, headers, signal) => {
    try {
      return await guardedOpen(url, {
        headers,
        signal,
        allowOrigins: [origin],
        headersTimeoutMs: OUTPUT_HEADERS_TIMEOUT_MS,
        idleTimeoutMs: OUTPUT_IDLE_TIMEOUT_MS,
      });
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      throw new MindVideoError({
        kind: error.code === "timeout" ? "timeout" : "network",
        code: error.code,
        mayHaveArrived: true,
      });
    }
  };
