import type { SandboxTasksTable } from "@/lib/db/schema";

/** The key the sandbox answers to. It opens nothing else and is printed in the code panel. */
export const SANDBOX_KEY = "mv_sandbox";

/** Where the app's own client finds the sandbox. The host exists only inside this process. */
export const SANDBOX_BASE_URL = "http://sandbox.internal/sandbox/api/v1";

/** What a task's row says; its status at a moment follows from this and the times beside it. */
export type TaskState = "refused" | "waiting" | "rendered" | "doomed" | "broken";

export type SandboxTask = Omit<SandboxTasksTable, "refusals"> & { refusals: number };

/** The test words of a prompt, as test cards steer a payment sandbox (design section 6). */
export const STEERING_WORDS = [
  "[fail]",
  "[moderated]",
  "[broke]",
  "[rate-limit]",
  "[timeout]",
  "[slow]",
  "[expired]",
] as const;

export type SteeringWord = (typeof STEERING_WORDS)[number];

export const wordsIn = (prompt: string): Set<SteeringWord> => {
  const text = prompt.toLowerCase();
  return new Set(STEERING_WORDS.filter((word) => text.includes(word)));
};

export const isTask = (row: SandboxTask): row is SandboxTask & { created_at: number; ready_at: number } =>
  row.created_at !== null && row.ready_at !== null;

/** How much of a task's time it spends in the queue, and at most how long. */
const QUEUED_SHARE = 0.15;
const QUEUED_MAX_MS = 1_000;

export type TaskView = {
  status: "queued" | "processing" | "succeeded" | "failed";
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
};

/**
 * What a task looks like at `now`. Everything derives from stored times, so any server that reads the row gives the
 * same answer, and a restart changes nothing.
 */
export function viewTask(row: SandboxTask & { created_at: number; ready_at: number }, now: number): TaskView {
  const createdAt = row.created_at;
  const due = createdAt + Math.min(QUEUED_MAX_MS, (row.ready_at - createdAt) * QUEUED_SHARE);
  // A render that has to wait for its turn is still queued; the others leave the queue by the clock.
  const begins = row.state === "waiting" && row.started_at === null ? null : Math.max(due, row.started_at ?? 0);
  const ends = row.state === "waiting" ? null : Math.max(row.ready_at, row.finished_at ?? 0);
  if (ends !== null && now >= ends) {
    const status = row.state === "rendered" ? "succeeded" : "failed";
    return { status, createdAt, startedAt: begins ?? due, finishedAt: ends };
  }
  const running = begins !== null && now >= begins;
  return { status: running ? "processing" : "queued", createdAt, startedAt: running ? begins : null, finishedAt: null };
}
