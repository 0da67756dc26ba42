import "server-only";
import type { OutputKind, TaskEvent } from "@/lib/generations/schema";

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
