import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { buildTaskBody } from "@/lib/mindvideo/request";
import { mindVideo } from "@/lib/mindvideo/service";

process.env.SANDBOX_SECONDS = "0.5";

test("without a key the sandbox answers, and its file can be opened in this process", async () => {
  const body = buildTaskBody("viduq3-pro", { prompt: "a boat", resolution: "540p", duration: 1, audio: false });
  const { taskId, costEstimate } = await mindVideo().submit(body, randomUUID());
  expect(costEstimate).toBeGreaterThan(0);
  const task = await vi.waitFor(
    async () => {
      const now = await mindVideo().task(taskId);
      expect(now.status).toBe("succeeded");
      return now;
    },
    { timeout: 15_000, interval: 100 },
  );
  expect((await mindVideo().events(taskId)).length).toBeGreaterThan(0);
  const range = new Headers({ Range: "bytes=4-7" });
  const file = await mindVideo().output(task.outputs[0]?.url ?? "", range, new AbortController().signal);
  expect(file.status).toBe(206);
  expect(await file.text()).toBe("ftyp");
}, 20_000);
