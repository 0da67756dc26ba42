import "server-only";
import type { OutputKind, TaskEvent } from "@/lib/generations/schema";
import { isObject, type Json, MAX_NAME, MAX_TEXT, parseReason, sentence, storable } from "@/lib/mindvideo/errors";

export type TaskStatus = "queued" | "processing" | "succeeded" | "failed" | "cancelled";

/** A task as MindVideo reports it, in our words. Costs are millionths; null is "not said". */
export type Task = {
  taskId: string | null;
  requestId: string | null;
  status: TaskStatus;
  costEstimate: number | null;
  costActual: number | null;
  outputs: { kind: OutputKind; url: string }[];
  /** Why it failed, in MindVideo's words. */
  reason: string | null;
};

/** An accepted submission: a task that certainly has an id. */
export type Submitted = Task & { taskId: string };

/**
 * The vendor as the rest of the playground sees it: MindVideo over HTTP, or the sandbox in process.
 * Every method makes one attempt and throws a `MindVideoError`; when to try again is the caller's business.
 */
export type MindVideo = {
  /** `body` is sent byte for byte. The same key with the same body never makes a second task. */
  submit(body: string, idempotencyKey: string): Promise<Submitted>;
  task(taskId: string): Promise<Task>;
  /** Oldest first; an empty list when it says nothing readable. */
  events(taskId: string): Promise<TaskEvent[]>;
  /** Opens an output's file. `headers` may hold Range and If-Range; the answer's body is not read. */
  output(url: string, headers: Headers, signal: AbortSignal): Promise<Response>;
};

const MAX_URL = 8_192;
const MAX_ID = 200;
const MAX_OUTPUTS = 16;
const MAX_EVENTS = 100;

/**
 * Parses a body, undefined when it is not JSON. Every string in it loses what cannot be stored and, should the vendor quote
 * it, the key.
 */
export function parseJson(text: string, key: string): unknown {
  try {
    return JSON.parse(text, (_name, value) => (typeof value === "string" ? withoutKey(storable(value), key) : value));
  } catch {
    return undefined;
  }
}

/** A key shorter than this is a toy, and cutting it out of every text would only garble the text. */
const SHORTEST_KEY = 8;

export const withoutKey = (text: string, key: string): string =>
  key.length >= SHORTEST_KEY ? text.replaceAll(key, "[key]") : text;

export function parseId(value: unknown): string | null {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string") return null;
  // It becomes a segment of a path, where "." and ".." would mean another place.
  const trimmed = text.trim();
  return trimmed && trimmed.length <= MAX_ID && !/^\.+$/.test(trimmed) && !/\p{Cc}/u.test(trimmed) ? trimmed : null;
}

/** Millionths of the vendor's unit, rounded up; null when it names no cost. Works on digits: 0.675 * 1e6 is not 675000. */
export function parseCost(value: unknown): number | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const match = /^(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?$/i.exec(String(value).trim());
  if (!match) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  if (whole.length + fraction.length > 60) return null;
  const shift = 6 + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const millionths = shift >= 0 ? digits * 10n ** BigInt(shift) : (digits + divisor - 1n) / divisor;
  return millionths <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(millionths) : null;
}

const IMAGE_PATH = /\.(png|jpe?g|webp|gif|avif)$/i;

function parseOutputs(output: unknown, baseUrl: string): Task["outputs"] {
  const found: Task["outputs"] = [];
  const add = (value: unknown, kind: OutputKind | null): void => {
    if (Array.isArray(value)) {
      for (const item of value) add(item, kind);
    } else if (isObject(value)) {
      add(value.url ?? value.urls, kind);
    } else if (typeof value === "string" && value && value.length <= MAX_URL && URL.canParse(value, `${baseUrl}/`)) {
      const url = new URL(value, `${baseUrl}/`);
      if (url.protocol !== "https:" && url.protocol !== "http:") return;
      if (found.length >= MAX_OUTPUTS || found.some((other) => other.url === url.href)) return;
      found.push({ kind: kind ?? (IMAGE_PATH.test(url.pathname) ? "image" : "video"), url: url.href });
    }
  };
  if (isObject(output)) {
    add(output.videos ?? output.video, "video");
    add(output.images ?? output.image, "image");
    add(output.url ?? output.urls, null);
  } else {
    add(output, null);
  }
  return found;
}

const STATUS_WORDS: Record<string, TaskStatus> = {
  queued: "queued",
  pending: "queued",
  processing: "processing",
  running: "processing",
  in_progress: "processing",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
  canceled: "cancelled",
};

// Undocumented words for an end. They are believed only with the evidence of it (a file, or a reason), because an end is final
// here and a file that came anyway would be lost.
const LIKELY_SUCCESS = new Set(["success", "succeed", "completed", "complete", "done", "finished"]);
const LIKELY_FAILURE = new Set(["failure", "fail", "error", "errored"]);

function parseStatus(word: string, hasOutput: boolean, hasReason: boolean): TaskStatus | null {
  const known = Object.hasOwn(STATUS_WORDS, word) ? STATUS_WORDS[word] : undefined;
  if (known) return known;
  if (LIKELY_SUCCESS.has(word) && hasOutput) return "succeeded";
  if (LIKELY_FAILURE.has(word) && hasReason) return "failed";
  return null;
}

/**
 * Reads a task from a parsed body, bare or wrapped (`{ data: {...} }`). An unknown status is "processing" and handed to
 * `onUnknownStatus`. Null when neither a status nor a task id is in it. Output URLs come out absolute.
 */
export function parseTask(body: unknown, baseUrl: string, onUnknownStatus: (word: string) => void): Task | null {
  if (!isObject(body)) return null;
  const candidates = [body, body.data, body.task, body.result].filter(isObject);
  const task =
    candidates.find((candidate) => parseId(candidate.task_id)) ??
    // `{ status: "success", data: {...} }`: the wrapper's status is that of the request.
    candidates.find((candidate) => parseId(candidate.id) && typeof candidate.status === "string") ??
    candidates.find((candidate) => typeof candidate.status === "string") ??
    candidates.find((candidate) => parseId(candidate.id));
  if (!task) return null;

  const taskId = parseId(task.task_id) ?? parseId(task.id);
  const word = sentence(task.status, MAX_NAME)?.toLowerCase() ?? null;
  const outputs = parseOutputs(task.output ?? task.outputs, baseUrl);
  const reason = parseReason({ ...task, status: undefined });
  let status = word === null ? "queued" : parseStatus(word, outputs.length > 0, reason !== null);
  if (status === null) {
    onUnknownStatus(word ?? "");
    status = "processing";
  }
  return {
    taskId,
    requestId: parseId(task.request_id) ?? parseId(body.request_id),
    status,
    costEstimate: parseCost(task.cost_estimate),
    costActual: parseCost(task.cost_actual),
    outputs,
    reason: status === "failed" || status === "cancelled" ? reason : null,
  };
}

function parseTime(value: unknown): number | null {
  if (typeof value === "string" && !/^\d+(\.\d+)?$/.test(value)) {
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : at;
  }
  const number = Number(value ?? Number.NaN);
  if (!Number.isFinite(number) || number <= 0) return null;
  // Seconds reach 1e11 in the year 5138, milliseconds passed it in 1973.
  const at = Math.round(number < 1e11 ? number * 1_000 : number);
  return at <= 8.64e15 ? at : null;
}

const firstOf = <T>(event: Json, keys: string[], read: (value: unknown) => T | null): T | null => {
  for (const key of keys) {
    const value = event[key] === undefined ? null : read(event[key]);
    if (value !== null) return value;
  }
  return null;
};

function parseEvent(raw: unknown): TaskEvent | null {
  if (typeof raw === "string") {
    const name = sentence(raw, MAX_NAME);
    return name ? { at: null, name, detail: null } : null;
  }
  if (!isObject(raw)) return null;
  const event = isObject(raw.data) ? { ...raw.data, ...raw } : raw;
  const name = firstOf(event, ["name", "event", "type", "status", "state", "stage", "message", "data"], (value) =>
    sentence(value, MAX_NAME),
  );
  if (!name) return null;
  const progress = typeof event.progress === "number" ? `${event.progress}%` : null;
  const detail =
    firstOf(event, ["detail", "message", "description", "reason", "error"], (value) => parseReason(value)) ??
    sentence(typeof event.data === "string" ? event.data : progress, MAX_TEXT);
  const times = ["at", "time", "timestamp", "ts", "created_at", "createdAt", "occurred_at", "date"];
  return { at: firstOf(event, times, parseTime), name, detail: detail === name ? null : detail };
}

/** The blocks of a server-sent events text, as objects with `event` and `data`. */
function parseEventStream(text: string, key: string): unknown[] {
  return text.split(/\r?\n\r?\n|\r\r/).flatMap((block) => {
    const fields: Record<string, string[]> = {};
    for (const line of block.split(/\r?\n|\r/)) {
      const match = /^(event|data): ?(.*)$/.exec(line);
      const [, name = "", value = ""] = match ?? [];
      if (match) fields[name] = [...(fields[name] ?? []), value];
    }
    const data = fields.data?.join("\n");
    const event = fields.event?.[0];
    const parsed = data === undefined ? undefined : parseJson(data, key);
    const body = isObject(parsed) ? parsed : { data: parsed === undefined ? data : sentence(parsed, MAX_TEXT) };
    return data === undefined && event === undefined ? [] : [{ event, ...body }];
  });
}

function eventList(text: string, key: string): unknown[] {
  const body = parseJson(text, key);
  if (Array.isArray(body)) return body;
  if (isObject(body)) {
    const inner = isObject(body.data) ? body.data : body;
    const list = [body.events, body.data, body.items, inner.events, inner.items].find(Array.isArray);
    // One event alone may be a stream of one line.
    return list ?? ("event" in body || "type" in body ? [body] : []);
  }
  if (body !== undefined) return [];
  if (/^(event|data):/m.test(text)) return parseEventStream(storable(text), key);
  return text.split(/\r?\n/).flatMap((line) => {
    const event = line.startsWith("{") ? parseJson(line, key) : undefined;
    return event === undefined ? [] : [event];
  });
}

/**
 * Reads whatever `/events` answers with (its shape is documented nowhere): a list, an object with a list, server-sent
 * events, a JSON object a line. Oldest first, the last hundred; an empty list for everything else.
 */
export function parseEvents(text: string, key: string): TaskEvent[] {
  const events = eventList(text, key)
    .map(parseEvent)
    .filter((event) => event !== null);
  const sortable = events.every((event) => event.at !== null);
  if (sortable) events.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return events.slice(-MAX_EVENTS);
}
