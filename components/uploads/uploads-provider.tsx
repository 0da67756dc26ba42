"use client";

import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { createKnownUploads } from "@/components/uploads/known-uploads";
import { createUploadQueue, type UploadQueue } from "@/components/uploads/upload-queue";
import type { UploadsConfig } from "@/lib/uploads/schema";

const QueueContext = createContext<UploadQueue | null>(null);

/** The page's one queue of files on their way, for the form and whoever else brings files to it. */
export function UploadsProvider({ config, children }: { config: UploadsConfig; children: ReactNode }) {
  const [queue] = useState(() =>
    createUploadQueue({
      config,
      known: createKnownUploads(),
      // Most visits bring no file, so what handles one is loaded with the first.
      prepare: async (...given) => (await import("@/components/uploads/prepare-file")).prepareFile(...given),
      send: async (...given) =>
        config.host === "uploadthing"
          ? (await import("@/components/uploads/send-to-host")).sendToHost(...given)
          : (await import("@/components/uploads/send-file")).sendFile(...given),
    }),
  );

  useEffect(() => {
    // What has arrived is in the draft; what is on its way would be gone.
    const warn = (event: BeforeUnloadEvent) => {
      if (queue.counts().running > 0) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    addEventListener("online", queue.offerAgain);
    return () => {
      removeEventListener("beforeunload", warn);
      removeEventListener("online", queue.offerAgain);
    };
  }, [queue]);

  return <QueueContext value={queue}>{children}</QueueContext>;
}

export function useUploadQueue(): UploadQueue {
  const queue = use(QueueContext);
  if (!queue) throw new Error("There is no UploadsProvider around this.");
  return queue;
}
