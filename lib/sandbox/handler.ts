import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { access } from "node:fs/promises";
import type { Db } from "@/lib/db/client";
import { BrokenOffError, readText } from "@/lib/http";
import { log } from "@/lib/log";
import { getModel } from "@/lib/models/catalogue";
import { promptField, validateInput } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";
import { serveFile } from "@/lib/outputs/range";
import { renderClip } from "@/lib/sandbox/clip";
import { estimateCost } from "@/lib/sandbox/cost";
import { countWaiting, getByKey, getTask } from "@/lib/sandbox/data";
import { acceptTask, countRefusal, insertTask } from "@/lib/sandbox/mutations";
import { createRenders, type RenderClip } from "@/lib/sandbox/renders";
import { isTask, SANDBOX_KEY, type SandboxTask, viewTask, wordsIn } from "@/lib/sandbox/schema";
import { createStore } from "@/lib/sandbox/store";
import { isUnavailable } from "@/lib/unavailable";

/** Waiting renders beside the one that is running (design section 6). */
const WAITING_MAX = 50;
const BODY_MAX_BYTES = 32 * 1024 * 1024;
const KEY_MAX_LENGTH = 255;
const RATE_LIMITED_TIMES = 2;
const RATE_LIMIT_RETRY_S = 2;
const HANG_MAX_MS = 60_000;
const EXPIRES_AFTER_MS = 20_000;
const SLOW_FACTOR = 10;

export type SandboxOptions = {
  db: Db;
  /** Clips and pictures are kept in `sandbox/` under it. */
  dataDir: string;
  /** How long a task takes from its submission to its end. */
  secondsPerTask: number;
  now?: () => number;
  getModel?: (slug: string) => Model | undefined;
  render?: RenderClip;
};

/** The stand-in for MindVideo. `fetch` speaks its documented API and serves the files it made. */
export type Sandbox = {
  fetch(request: Request): Promise<Response>;
  /** Resolves when no render is waiting or running. */
  idle(): Promise<void>;
};

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: { field?: string; issues?: { field: string; message: string }[]; retryAfter?: number } = {},
  ) {
    super(message);
  }
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });

function refuse({ status, code, message, details }: Refusal, requestId: string): Response {
  const { retryAfter, ...rest } = details;
  const error = { code, message, ...rest };
  return json(status, { error, request_id: requestId }, retryAfter ? { "retry-after": String(retryAfter) } : {});
}

/** The same JSON value gives the same text, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll("-", "")}`;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function promptOf(model: Model | undefined, input: Record<string, unknown>): string {
  const field = model ? promptField(model) : null;
  const prompt = field ? input[field] : null;
  return typeof prompt === "string" ? prompt : "";
}

async function readBody(request: Request): Promise<{ model: string; input: Record<string, unknown> }> {
  const text = await readText(request, BODY_MAX_BYTES);
  if (text === null) throw new Refusal(413, "too_large", "The request is larger than 32 MB.");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(400, "bad_request", "The body is not JSON.");
  }
  if (!isRecord(body)) throw new Refusal(400, "bad_request", "The body is not a JSON object.");
  const { model, input } = body;
  if (typeof model !== "string") throw new Refusal(400, "bad_request", "A model is missing.", { field: "model" });
  if (!isRecord(input)) throw new Refusal(400, "bad_request", "The input is not an object.", { field: "input" });
  return { model, input };
}

/** Waits until the caller gives up, at most a minute: what a request lost on the way looks like from its sender. */
function hang(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, HANG_MAX_MS);
    timer.unref();
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const { db, dataDir, secondsPerTask, now = Date.now, render = renderClip } = options;
  const findModel = options.getModel ?? getModel;
  const store = createStore(dataDir);
  const renders = createRenders({ db, store, render, getModel: findModel, now });
  let resumed: Promise<void> | null = null;

  const wordsOf = (task: SandboxTask) => wordsIn(promptOf(findModel(task.model), JSON.parse(task.input)));

  function report(task: SandboxTask, base: string) {
    if (!isTask(task)) throw new Refusal(404, "not_found", "There is no such task.");
    const view = viewTask(task, now());
    const cost = task.cost / 1e6;
    const answer = { request_id: task.request_id, task_id: task.id, status: view.status, cost_estimate: cost };
    if (view.status === "succeeded") {
      return { ...answer, cost_actual: cost, output: { videos: [{ url: `${base}/files/${task.id}.mp4` }] } };
    }
    if (view.status !== "failed") return { ...answer, cost_actual: null, output: null };
    const message =
      task.state === "doomed"
        ? "The prompt asked the sandbox to fail this task."
        : "The sandbox could not draw this clip. Its log says why.";
    return { ...answer, cost_actual: 0, output: null, error: { code: "task_failed", message } };
  }

  function timesOf(words: Set<string>) {
    const createdAt = now();
    const state = words.has("[fail]") ? ("doomed" as const) : ("waiting" as const);
    const seconds = secondsPerTask * (words.has("[slow]") ? SLOW_FACTOR : 1);
    return { state, created_at: createdAt, ready_at: createdAt + Math.round(seconds * 1_000) };
  }

  async function requireRoom(): Promise<void> {
    if ((await countWaiting(db)) <= WAITING_MAX) return;
    throw new Refusal(429, "queue_full", "Fifty clips are waiting to be drawn.", {
      retryAfter: Math.max(1, Math.ceil(secondsPerTask)),
    });
  }

  const rateLimited = () =>
    new Refusal(429, "rate_limited", "Too many requests. Try again in two seconds.", {
      retryAfter: RATE_LIMIT_RETRY_S,
    });

  async function submit(request: Request, base: string): Promise<Response> {
    const { model: slug, input } = await readBody(request);
    const key = request.headers.get("idempotency-key")?.trim() ?? "";
    if (key === "" || key.length > KEY_MAX_LENGTH) {
      throw new Refusal(400, "bad_request", "An Idempotency-Key of 1 to 255 characters is missing.", {
        field: "Idempotency-Key",
      });
    }
    const payloadHash = createHash("sha256")
      .update(canonical({ model: slug, input }))
      .digest("hex");
    const known = await getByKey(db, key);
    if (known && known.payload_hash !== payloadHash) {
      throw new Refusal(409, "conflict", "This Idempotency-Key was used with another input.");
    }
    if (known && isTask(known)) return json(200, report(known, base));

    const model = findModel(slug);
    if (!model) throw new Refusal(404, "model_not_found", `There is no model “${slug}”.`, { field: "model" });
    const issues = validateInput(model, input);
    if (issues[0]) throw new Refusal(422, "invalid_input", issues[0].message, { field: issues[0].field, issues });
    const words = wordsIn(promptOf(model, input));
    if (words.has("[moderated]")) {
      const message = "The prompt was refused by the content filter.";
      throw new Refusal(422, "moderated", message, { field: promptField(model) ?? "prompt" });
    }
    if (words.has("[broke]")) throw new Refusal(402, "insufficient_credit", "The account has not enough credit.");

    if (known) {
      if (known.refusals < RATE_LIMITED_TIMES) {
        await countRefusal(db, known.id);
        throw rateLimited();
      }
      await requireRoom();
      const task = { ...timesOf(words), input: JSON.stringify(await store.shelve(input)) };
      return accepted(request, base, { ...known, ...task }, words, await acceptTask(db, known.id, task));
    }
    const refused = words.has("[rate-limit]");
    if (!refused) await requireRoom();
    const row: SandboxTask = {
      id: newId("task"),
      request_id: newId("req"),
      idempotency_key: key,
      payload_hash: payloadHash,
      model: slug,
      // What is refused leaves nothing on the disk, or it could be filled without ever waiting for a place.
      input: refused ? "{}" : JSON.stringify(await store.shelve(input)),
      cost: estimateCost(model, input),
      refusals: refused ? 1 : 0,
      refused_at: refused ? now() : null,
      started_at: null,
      finished_at: null,
      claimed_until: null,
      ...(refused ? { state: "refused", created_at: null, ready_at: null } : timesOf(words)),
    };
    const isMine = await insertTask(db, row);
    if (refused && isMine) throw rateLimited();
    return accepted(request, base, row, words, isMine);
  }

  async function accepted(
    request: Request,
    base: string,
    task: SandboxTask,
    words: Set<string>,
    isMine: boolean,
  ): Promise<Response> {
    if (!isMine) {
      // Another request with this key came first. It is answered as a repetition of that one.
      const first = await getByKey(db, task.idempotency_key);
      if (first?.payload_hash !== task.payload_hash) {
        throw new Refusal(409, "conflict", "This Idempotency-Key was used with another input.");
      }
      if (!isTask(first)) throw rateLimited();
      return json(200, report(first, base));
    }
    if (task.state === "waiting") renders.enqueue(task.id);
    if (words.has("[timeout]")) {
      await hang(request.signal);
      throw new Refusal(504, "timeout", "The answer took too long.");
    }
    return json(201, report(task, base));
  }

  async function requireTask(id: string) {
    const task = await getTask(db, id);
    if (!task || !isTask(task)) throw new Refusal(404, "not_found", "There is no such task.");
    if (task.state === "waiting") renders.enqueue(task.id);
    return task;
  }

  async function listEvents(id: string): Promise<Response> {
    const task = await requireTask(id);
    const view = viewTask(task, now());
    const events = [{ type: "queued", at: view.createdAt, message: "Accepted and waiting for its turn." }];
    if (view.startedAt !== null) {
      events.push({ type: "processing", at: view.startedAt, message: "The sandbox is drawing the clip." });
    }
    if (view.finishedAt !== null) {
      const message = view.status === "succeeded" ? "The clip is ready." : "The task failed.";
      events.push({ type: view.status, at: view.finishedAt, message });
    }
    const list = events.map(({ type, at, message }) => ({ type, message, created_at: new Date(at).toISOString() }));
    return json(200, { request_id: task.request_id, task_id: task.id, events: list });
  }

  async function openFile(request: Request, id: string): Promise<Response> {
    const task = await requireTask(id);
    const view = viewTask(task, now());
    const isThere = view.status === "succeeded" && view.finishedAt !== null;
    if (!isThere) throw new Refusal(404, "not_found", "There is no such file.");
    if (wordsOf(task).has("[expired]") && now() >= (view.finishedAt ?? 0) + EXPIRES_AFTER_MS) {
      throw new Refusal(404, "link_expired", "This link has expired.");
    }
    const file = store.clipPath(id);
    await access(file).catch(() =>
      renders.again(task).catch((error) => {
        // A picture that it was made of is no longer kept.
        throw error.code === "ENOENT" ? new Refusal(404, "link_expired", "This link has expired.") : error;
      }),
    );
    return serveFile(request, file, { type: "video/mp4", etag: `"${id}"`, cacheControl: "public, max-age=3600" });
  }

  async function route(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const match = /^(.*)\/(?:tasks(?:\/([^/]+)(\/events)?)?|files\/([^/]+)\.mp4)$/.exec(url.pathname);
    if (!match) throw new Refusal(404, "not_found", "There is nothing at this address.");
    const [, path, taskId, events, fileId] = match;
    const base = `${url.origin}${path}`;
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (fileId && isRead) return openFile(request, fileId);
    if (request.headers.get("authorization") !== `Bearer ${SANDBOX_KEY}`) {
      throw new Refusal(401, "unauthorized", "The API key is missing or unknown.");
    }
    if (taskId && isRead) return events ? listEvents(taskId) : json(200, report(await requireTask(taskId), base));
    if (!taskId && !fileId && request.method === "POST") return submit(request, base);
    throw new Refusal(405, "method_not_allowed", `${request.method} is not possible here.`);
  }

  return {
    async fetch(request) {
      try {
        resumed ??= renders.resume().catch((error) => {
          resumed = null;
          throw error;
        });
        await resumed;
        return await route(request);
      } catch (error) {
        if (error instanceof Refusal) return refuse(error, newId("req"));
        if (isUnavailable(error)) {
          return refuse(
            new Refusal(503, "unavailable", "The sandbox cannot reach its database right now."),
            newId("req"),
          );
        }
        if (error instanceof BrokenOffError) {
          return refuse(new Refusal(400, "bad_request", "The body broke off."), newId("req"));
        }
        log.error({ event: "sandbox_failed", err: error });
        return refuse(new Refusal(500, "internal", "The sandbox failed. Its log says why."), newId("req"));
      }
    },
    idle: () => renders.idle(),
  };
}
