"use client";

import { useSyncExternalStore } from "react";
import type { UploadWait } from "@/components/playground/use-upload-wait";
import { IDLE } from "@/components/uploads/upload-counts";
import { useUploadQueue } from "@/components/uploads/uploads-provider";

/** What Generate waits for, how far that is, and what kept it from going. Nothing is drawn when there is nothing to say. */
export function UploadWaitLine({ isWaiting, problem }: UploadWait) {
  const queue = useUploadQueue();
  const { running, failed, progress } = useSyncExternalStore(queue.subscribe, queue.counts, () => IDLE);
  const files = running === 1 ? "1 upload" : `${running} uploads`;
  const text = isWaiting && running > 0 ? `Waiting for ${files}, then it generates` : failed > 0 ? problem : null;
  return (
    <>
      <p className="dock__said" role="status">
        {text}
      </p>
      {isWaiting && (
        <div className="dock__way" aria-hidden="true">
          <i style={{ transform: `scaleX(${progress})` }} />
        </div>
      )}
    </>
  );
}
