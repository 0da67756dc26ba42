// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { useUploadWait } from "@/components/playground/use-upload-wait";
import { UploadsProvider, useUploadQueue } from "@/components/uploads/uploads-provider";

/** A worker that never gets done, as far as the test is concerned. jsdom has none. */
class BusyWorker {
  postMessage() {}
  terminate() {}
}

afterEach(() => vi.unstubAllGlobals());

/** A form with one file on its way, whose Generate has been pressed. */
async function waiting() {
  vi.stubGlobal("Worker", BusyWorker);
  const submit = vi.fn();
  const { result } = renderHook(
    () => {
      const queue = useUploadQueue();
      return { queue, wait: useUploadWait(submit, () => {}) };
    },
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <UploadsProvider config={{ host: "own", sendable: ["video"] }}>{children}</UploadsProvider>
      ),
    },
  );
  await act(async () => {
    result.current.queue.attach("clip", { values: [], kinds: ["video"], slots: 1, onValues: () => {} });
    result.current.queue.add("clip", [new File(["clip"], "clip.mp4", { type: "video/mp4" })]);
    result.current.wait.press();
  });
  expect(result.current.wait.isWaiting).toBe(true);
  expect(submit).not.toHaveBeenCalled();
  return { result, submit };
}

/** Longer than the queue takes to tell that nothing is on its way any more. */
const rest = () => act(() => new Promise<void>((resolve) => setTimeout(resolve, 50)));

test("taking the file away that a press waits for stops it, and says so", async () => {
  const { result, submit } = await waiting();
  await act(async () => result.current.queue.remove("clip", 0));
  await rest();
  expect(submit).not.toHaveBeenCalled();
  expect(result.current.wait).toMatchObject({ isWaiting: false, problem: expect.stringMatching(/taken away/) });
  await act(async () => result.current.wait.press());
  expect(submit).toHaveBeenCalledOnce();
});

test("a press that waits never pays for another recipe that is filled in meanwhile", async () => {
  const { result, submit } = await waiting();
  await act(async () => {
    result.current.wait.drop();
    result.current.queue.clear();
  });
  await rest();
  expect(submit).not.toHaveBeenCalled();
  expect(result.current.wait.isWaiting).toBe(false);
});
