import type { QueuedFile } from "@/components/uploads/upload-jobs";

/** The same object until something changed. */
export type UploadCounts = {
  running: number;
  failed: number;
  /** 0 to 1, over all that runs. */
  progress: number;
  /** Whether the form holds what has arrived: it takes a moment to tell. */
  isSettled: boolean;
  /** How many files have been taken away on their way, since the page was opened. */
  takenAway: number;
};

export const IDLE: UploadCounts = { running: 0, failed: 0, progress: 0, isSettled: true, takenAway: 0 };

/** How far all files are together. Preparing takes about as long as sending does: half the way each. */
export function countUploads(
  files: readonly QueuedFile[],
  { isSettled, takenAway }: Pick<UploadCounts, "isSettled" | "takenAway">,
): UploadCounts {
  if (files.length === 0 && isSettled && takenAway === 0) return IDLE;
  const running = files.filter(({ state }) => state !== "failed");
  const way = running.reduce((sum, { state, progress }) => sum + (progress + (state === "sending" ? 1 : 0)) / 2, 0);
  return {
    running: running.length,
    failed: files.length - running.length,
    progress: running.length === 0 ? 0 : way / running.length,
    isSettled,
    takenAway,
  };
}
