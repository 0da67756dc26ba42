import type { AppError } from "@/lib/errors";
import type { Status } from "@/lib/generations/transitions";

/** One press of Generate, as the browser sends it. `id` is a UUID v4 minted at the press. */
export type Press = {
  id: string;
  model: string;
  input: Record<string, unknown>;
  parentId?: string | null;
};

/**
 * Whether an output will still be there tomorrow. `pending`: a copy is on its way. `kept`: it is here. `link`: there is only
 * MindVideo's own link, which may expire; the vault could not take it, gave it up to make room, or waits for a disk that is
 * full (then it tries again by itself).
 */
export type Keep = { state: "pending" | "kept" } | { state: "link"; why: "full" | "dropped" | "failed" | "too_large" };

export type OutputKind = "video" | "image";

/** One thing MindVideo said about a task. `at` is in milliseconds, null when it gave no readable time. */
export type TaskEvent = { at: number | null; name: string; detail: string | null };

/**
 * What its owner's browser may know of a generation. Times are milliseconds since 1970, costs are millionths of
 * MindVideo's unit; null means "not known (yet)".
 */
export type Generation = {
  id: string;
  model: string;
  modelName: string;
  input: Record<string, unknown>;
  status: Status;
  createdAt: number;
  sentAt: number | null;
  acceptedAt: number | null;
  finishedAt: number | null;
  taskId: string | null;
  requestId: string | null;
  costEstimate: number | null;
  costActual: number | null;
  outputs: { index: number; kind: OutputKind; url: string; keep: Keep }[];
  events: TaskEvent[];
  error: AppError | null;
  favorite: boolean;
  parentId: string | null;
  /** Since when its owner no longer waits for it; null while they do. */
  stoppedAt: number | null;
  /** Since when whoever has its link may see it, and whether with its reference pictures; null while it is not shared. */
  shared: { at: number; pictures: boolean } | null;
};

/** The answer of `GET /api/generations?ids=`. `pollAfterMs` is null when there is nothing more to learn. */
export type GenerationsAnswer = { generations: Generation[]; pollAfterMs: number | null };

/** One page of a visitor's history, newest first. `next` is the key of the following page. */
export type GenerationsPage = { generations: Generation[]; next: string | null };

/** Where the page plays or downloads an output from: always our own origin. */
export const outputPath = (generationId: string, index: number) => `/api/generations/${generationId}/outputs/${index}`;
