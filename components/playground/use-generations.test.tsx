// @vitest-environment jsdom
import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { useGenerations } from "@/components/playground/use-generations";
import type { Generation } from "@/lib/generations/schema";

// Listeners hear of a change before `act` ends, not in a later timer.
notifyManager.setScheduler(queueMicrotask);

const row: Generation = {
  id: "0b6d1f6e-0b1c-4f0e-9d3a-2f5a4c1d7e8f",
  model: "viduq3-pro",
  modelName: "Vidu Q3 Pro",
  input: { prompt: "A lighthouse at dusk" },
  status: "succeeded",
  createdAt: 1,
  sentAt: 2,
  acceptedAt: 3,
  finishedAt: 4,
  taskId: "task-1",
  requestId: null,
  costEstimate: null,
  costActual: null,
  outputs: [],
  events: [],
  error: null,
  favorite: false,
  parentId: null,
  stoppedAt: null,
  shared: null,
};

test("an answer without news renders nothing", async () => {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  let renders = 0;
  const { result } = renderHook(
    () => {
      renders++;
      return useGenerations([row]);
    },
    { wrapper },
  );
  const hear = (generation: Generation, pollAfterMs: number) =>
    act(async () => {
      client.setQueryData(["generations"], { generations: [generation], pollAfterMs });
    });
  const before = renders;
  await hear(structuredClone(row), 812);
  await hear(structuredClone(row), 977);
  expect(renders).toBe(before);
  await hear({ ...row, favorite: true }, 977);
  expect(renders).toBe(before + 1);
  expect(result.current.generations).toEqual([{ ...row, favorite: true }]);
});
