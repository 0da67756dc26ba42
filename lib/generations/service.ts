import "server-only";
import { setTimeout as delay } from "node:timers/promises";
import type { GenerationRow } from "@/lib/db/schema";
import { env } from "@/lib/env";
import { type AppError, appError } from "@/lib/errors";
import { createRequestBudget, type RequestBudget } from "@/lib/generations/limits";
import { changeGeneration, claimStep, countSend, enterStatus, saveEvents } from "@/lib/generations/mutations";
import { GIVE_UP_MS, MAX_PARALLEL_STEPS } from "@/lib/generations/policy";
import { intervalMs } from "@/lib/generations/retry";
import { isFinal, isWatched } from "@/lib/generations/transitions";
import { log } from "@/lib/log";
import { MindVideoError, refusalCode } from "@/lib/mindvideo/errors";
import { buildTaskBody, payloadHash } from "@/lib/mindvideo/request";
import { isRetryable, retryDelayMs } from "@/lib/mindvideo/retry";
import type { Submitted, Task } from "@/lib/mindvideo/schema";
import { mindVideo } from "@/lib/mindvideo/service";
import { getModel } from "@/lib/models/catalogue";
import { startCopies } from "@/lib/outputs/vault";
import { bury } from "@/lib/removals/service";
import { inFlight, isStopping, liveServers } from "@/lib/servers/service";
import { isUnavailable } from "@/lib/unavailable";
import { resolveFiles } from "@/lib/uploads/client";
import { usesFiles } from "@/lib/uploads/data";
import { MissingFileError } from "@/lib/uploads/service";

const EVENTS_LEASE_MS = 5_000;

// On `globalThis` for the same reason as the database: Next bundles pages, routes and instrumentation apart.
const shared = globalThis as { playgroundBudget?: RequestBudget };
const budget = () => {
  // Of what all servers may ask together, each has its share.
  shared.playgroundBudget ??= createRequestBudget(() => env().vendorRps / liveServers());
  return shared.playgroundBudget;
};

/**
 * Does the one next step of a row whose step is claimed by the caller: send, ask, or fetch the last events. What goes
 * wrong at MindVideo ends in the row, never in an exception; what goes wrong with us is logged, and the claim runs out.
 */
export function advanceClaimed(row: GenerationRow): Promise<void> {
  return inFlight(() => advance(row, () => budget().take(Date.now())));
}

async function advance(row: GenerationRow, waitFor: () => number): Promise<void> {
  try {
    // A server that is about to end leaves it to whoever looks next.
    if (isStopping()) return await postpone(row, 0);
    const wait = waitFor();
    if (wait > 0) {
      await postpone(row, wait);
    } else if (row.status === "submitting") {
      await send(row);
    } else if (row.task_id && isWatched(row.status)) {
      await poll(row, row.task_id);
    } else {
      await fetchEvents(row, null);
    }
    // Its owner has deleted it meanwhile: if that was its end, there is nothing to keep it for.
    if (row.deleted_at !== null) await bury(row.id);
  } catch (error) {
    if (isUnavailable(error)) return;
    log.error({ event: "step_failed", generation: row.id, status: row.status, err: error });
  }
}

/**
 * Claims and advances every row of `ids` that is due, at most eight at a time, and says how many it won. Rows somebody else has
 * are left; so are all that come after the database has gone away, and those for which the budget has no place until `until`:
 * claimed and put off, each would be written twice for nothing, and again as soon as somebody looks.
 */
export async function advanceDue(ids: string[], until = 0): Promise<number> {
  const waiting = [...ids];
  let won = 0;
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined && !isStopping(); id = waiting.shift()) {
      if (!(await takePlace(until))) return;
      const row = await claimStep(id, Date.now());
      if (!row) {
        budget().giveBack();
        continue;
      }
      won += 1;
      await inFlight(() => advance(row, () => 0));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_STEPS, ids.length) }, worker));
  } catch (error) {
    // Those who asked for it look at the rows afterwards, and find out by themselves.
    if (!isUnavailable(error)) throw error;
  }
  return won;
}

async function takePlace(until: number): Promise<boolean> {
  for (;;) {
    const wait = budget().take(Date.now());
    if (wait === 0) return true;
    if (Date.now() + wait > until || isStopping()) return false;
    await delay(wait);
  }
}

async function postpone(row: GenerationRow, delayMs: number): Promise<void> {
  await changeGeneration(row.id, [row.status], { due_at: Date.now() + delayMs });
}

async function send(row: GenerationRow): Promise<void> {
  const arrivedBefore = row.may_have_arrived === 1;
  const deadline = row.send_since + GIVE_UP_MS;
  if (Date.now() >= deadline) {
    return arrivedBefore ? giveUpUnconfirmed(row, appError("not_confirmed")) : fail(row, appError("not_sent"));
  }
  // Its owner thought better of it in time: nobody is to pay for what is nobody's.
  if (row.deleted_at !== null && !arrivedBefore) return fail(row, appError("not_sent"));
  const body = await bodyOf(row);
  if (typeof body !== "string") {
    return arrivedBefore ? giveUpUnconfirmed(row, appError("not_confirmed")) : fail(row, body);
  }
  const hash = payloadHash(body);
  if (row.payload_hash !== null && row.payload_hash !== hash) {
    return giveUpUnconfirmed(row, appError("changed_payload"));
  }
  // Before the POST, and as if it arrived: a server that dies in the middle must not leave it looking unsent.
  if (!(await countSend(row, { payload_hash: hash, sent_at: row.sent_at ?? Date.now() }))) return dropDeleted(row);
  const attempt = row.attempts + 1;
  try {
    await accept(row, await mindVideo().submit(body, row.id));
  } catch (error) {
    if (!(error instanceof MindVideoError)) throw error;
    await handleSendError({ ...row, attempts: attempt }, error, arrivedBefore, deadline);
  }
}

/** Ends a row that was deleted since it was claimed, before any of it was sent. One that has merely gone on stays as it is. */
async function dropDeleted(row: GenerationRow): Promise<void> {
  if (row.may_have_arrived === 1) return;
  const end = { due_at: null, finished_at: Date.now(), error: JSON.stringify(appError("not_sent")) };
  if (await enterStatus(row.id, "failed", end, row.attempts, ["submitting"])) await bury(row.id);
}

/** The request of a row, with its files as MindVideo takes them; the error to end with when that cannot be. */
async function bodyOf(row: GenerationRow): Promise<string | AppError> {
  // Pressed in the sandbox, before a key was set: nobody agreed to pay for it.
  if (row.upstream !== null && row.upstream !== env().upstream) return appError("not_sent");
  const model = getModel(row.model);
  const input = JSON.parse(row.input) as Record<string, unknown>;
  // Where the files stand, only the model knows; its own names for them would mean nothing to MindVideo.
  if (!model && (await usesFiles(row.id))) return appError("unknown_model");
  try {
    return buildTaskBody(row.model, model ? await resolveFiles(model, input, row) : input);
  } catch (error) {
    if (error instanceof MissingFileError) return appError("file_missing");
    throw error;
  }
}

async function accept(row: GenerationRow, task: Submitted): Promise<void> {
  const now = Date.now();
  // A replayed job can be long done: then there is nothing to wait for.
  const nextAt = isFinal(task.status) ? now : now + (await intervalMs(row, now, now, 0));
  const isAccepted = await enterStatus(row.id, task.status === "processing" ? "processing" : "queued", {
    task_id: task.taskId,
    request_id: task.requestId,
    cost_estimate: task.costEstimate,
    accepted_at: now,
    due_at: now + EVENTS_LEASE_MS,
    error: null,
  });
  if (isAccepted) await fetchEvents({ ...row, task_id: task.taskId }, nextAt);
}

async function handleSendError(
  row: GenerationRow,
  error: MindVideoError,
  arrivedBefore: boolean,
  deadline: number,
): Promise<void> {
  const mayHaveArrived = arrivedBefore || error.mayHaveArrived;
  log.warn({
    event: "send_failed",
    generation: row.id,
    attempt: row.attempts,
    status: error.status,
    kind: error.kind,
  });
  // After an attempt that may have arrived, a conflict can be that attempt still under way.
  if (isRetryable(error) || (error.status === 409 && arrivedBefore)) {
    const dueAt = Math.min(Date.now() + retryDelayMs(error, row.attempts), deadline);
    const change = { may_have_arrived: mayHaveArrived ? 1 : 0, due_at: dueAt };
    await changeGeneration(row.id, ["submitting"], change, row.attempts);
  } else if (mayHaveArrived) {
    await giveUpUnconfirmed(row, appError("not_confirmed", { message: error.reason }));
  } else {
    const code = refusalCode(error.status ?? 400, error.code, error.reason);
    await fail(row, appError(code, { message: error.reason, field: error.field }), {
      may_have_arrived: 0,
      request_id: error.requestId,
    });
  }
}

async function giveUpUnconfirmed(row: GenerationRow, error: AppError): Promise<void> {
  await enterStatus(row.id, "unconfirmed", { due_at: null, error: JSON.stringify(error) }, row.attempts);
}

async function fail(
  row: GenerationRow,
  error: AppError,
  change: Parameters<typeof enterStatus>[2] = {},
): Promise<void> {
  const end = { due_at: null, finished_at: Date.now(), error: JSON.stringify(error) };
  await enterStatus(row.id, "failed", { ...change, ...end }, row.attempts);
}

async function poll(row: GenerationRow, taskId: string): Promise<void> {
  let task: Task;
  try {
    task = await mindVideo().task(taskId);
  } catch (error) {
    if (!(error instanceof MindVideoError)) throw error;
    return handlePollError(row, error);
  }
  const now = Date.now();
  const known = {
    request_id: task.requestId ?? row.request_id,
    cost_estimate: task.costEstimate ?? row.cost_estimate,
    cost_actual: task.costActual ?? row.cost_actual,
    poll_failures: 0,
  };
  if (task.status === "succeeded" && task.outputs.length === 0) {
    return waitForWhatIsMissing(row, known, "no_output");
  }
  const status = task.status;
  const end = isFinal(status)
    ? {
        finished_at: now,
        outputs: JSON.stringify(task.outputs),
        error: status === "succeeded" ? null : JSON.stringify(endError(status, task.reason)),
      }
    : {};
  const nextAt = isFinal(status) ? null : now + (await intervalMs(row, row.accepted_at ?? now, now, 0));
  const isChanged =
    status !== row.status &&
    (await enterStatus(row.id, status, {
      ...known,
      ...end,
      missing_since: null,
      // The page shows the new state at once; the claim stays until the events of this change are stored too.
      due_at: now + EVENTS_LEASE_MS,
    }));
  if (isChanged) {
    // Nobody waits for it: a link can be short-lived, and a copy take minutes.
    if (status === "succeeded") void startCopies();
    budget().owe();
    return fetchEvents(row, nextAt);
  }
  await changeGeneration(row.id, [row.status], { ...known, missing_since: null, due_at: nextAt });
}

const endError = (status: "failed" | "cancelled" | "queued" | "processing", reason: string | null): AppError =>
  appError(status === "cancelled" ? "task_cancelled" : "task_failed", { message: reason });

async function handlePollError(row: GenerationRow, error: MindVideoError): Promise<void> {
  log.warn({ event: "poll_failed", generation: row.id, status: error.status, kind: error.kind });
  if (error.status === 404) return waitForWhatIsMissing(row, {}, "task_missing");
  const now = Date.now();
  const unanswered = row.poll_failures + 1;
  const interval = await intervalMs(row, row.accepted_at ?? now, now, unanswered);
  await changeGeneration(row.id, [row.status], {
    poll_failures: unanswered,
    // What was missing counts from here anew: nobody said that it was missing all along.
    missing_since: null,
    due_at: now + Math.max(interval, error.retryAfterMs ?? 0),
  });
}

/** A task or an output that should be there may only be late: it is over when it stays away for ten minutes. */
async function waitForWhatIsMissing(
  row: GenerationRow,
  known: Parameters<typeof enterStatus>[2],
  code: "task_missing" | "no_output",
): Promise<void> {
  const now = Date.now();
  const since = row.missing_since ?? now;
  if (now - since >= GIVE_UP_MS) return fail(row, appError(code), known);
  const interval = await intervalMs(row, row.accepted_at ?? now, now, 0);
  await changeGeneration(row.id, [row.status], { ...known, missing_since: since, due_at: now + interval });
}

async function fetchEvents(row: GenerationRow, nextAt: number | null): Promise<void> {
  let events: string | null = null;
  try {
    const list = row.task_id ? await mindVideo().events(row.task_id) : [];
    if (list.length > 0) events = JSON.stringify(list);
  } catch (error) {
    // The timeline is an extra: without it the generation goes on just the same.
    if (!(error instanceof MindVideoError)) throw error;
    log.info({ event: "events_failed", generation: row.id, status: error.status, kind: error.kind });
  }
  await saveEvents(row.id, events, nextAt);
}
