// @vitest-environment jsdom
import { File as NodeFile } from "node:buffer";
import { expect, it } from "vitest";
import type { FromWorker, ToWorker } from "@/components/uploads/prepare-file";

// The smallest head of a picture: one pixel, and nothing after it.
const PNG = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"),
  (letter) => letter.codePointAt(0) ?? 0,
);

it("answers for a file that cannot be prepared at all, and goes on with the next", async () => {
  const told: FromWorker[] = [];
  const heard = new Promise<void>((resolve) => {
    Object.assign(globalThis, {
      postMessage(news: FromWorker) {
        told.push(news);
        if (news.id === 2 && "prepared" in news) resolve();
      },
    });
  });
  await import("@/components/uploads/prepare.worker");
  const tell = (data: ToWorker) => self.onmessage?.(new MessageEvent("message", { data }));
  const song = new File(["sound"], "song.mp3", { type: "audio/mpeg" });
  // jsdom's files cannot be read; and there is no createImageBitmap, as where a browser has no memory left for one.
  const picture = new NodeFile([PNG], "a.png", { type: "image/png" }) as unknown as File;
  tell({ id: 1, file: picture, kind: "image" });
  tell({ id: 2, file: song, kind: "audio" });
  await heard;
  expect(told.filter((news) => "prepared" in news)).toEqual([
    { id: 1, prepared: null },
    { id: 2, prepared: { ok: true, blob: song, name: "song.mp3" } },
  ]);
});
