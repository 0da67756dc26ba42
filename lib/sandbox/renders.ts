import "server-only";
import type { Db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import type { Model } from "@/lib/models/schema";
import type { Clip, ClipRequest } from "@/lib/sandbox/clip";
import { listWaiting } from "@/lib/sandbox/data";
import { claimRender, endRender } from "@/lib/sandbox/mutations";
import type { SandboxTask } from "@/lib/sandbox/schema";
import type { Store } from "@/lib/sandbox/store";
import { inFlight, isStopping } from "@/lib/servers/service";
import { isUnavailable } from "@/lib/unavailable";

export type RenderClip = (request: ClipRequest) => Promise<Clip>;

type Deps = {
  db: Db;
  store: Store;
  render: RenderClip;
  getModel: (slug: string) => Model | undefined;
  now: () => number;
};

/** Renders waiting tasks in the background, one at a time, in the order they came. */
export type Renders = ReturnType<typeof createRenders>;

export function createRenders({ db, store, render, getModel, now }: Deps) {
  const queue = new Set<string>();
  let running: Promise<void> | null = null;

  const renderTask = async (task: SandboxTask): Promise<void> => {
    const model = getModel(task.model);
    if (!model) throw new Error(`The model ${task.model} is no longer known`);
    const input = JSON.parse(task.input) as Record<string, unknown>;
    const clip = await render({ model, input, readFile: store.unshelve });
    await store.putClip(task.id, clip.bytes);
  };

  async function step(id: string): Promise<void> {
    const task = await claimRender(db, id, now());
    metrics().claims.inc({ of: "render", outcome: task ? "won" : "lost" });
    if (!task) return;
    let state: "rendered" | "broken" = "rendered";
    try {
      await renderTask(task);
    } catch (error) {
      log.error({ event: "sandbox_render_failed", task: id, err: error });
      state = "broken";
    }
    await endRender(db, id, state, now());
  }

  async function work(): Promise<void> {
    for (const id of queue) {
      if (isStopping()) break;
      try {
        await step(id);
      } catch (error) {
        // The row keeps its state: whoever asks for the task next has it rendered.
        if (!isUnavailable(error)) log.error({ event: "sandbox_queue_failed", task: id, err: error });
      }
      queue.delete(id);
    }
    running = null;
  }

  function enqueue(id: string): void {
    // What a server that stops does not render is rendered by whoever asks for it next.
    if (isStopping()) return;
    queue.add(id);
    running ??= inFlight(work);
  }

  return {
    enqueue,
    /** Goes on with what an earlier process left unfinished. */
    async resume(): Promise<void> {
      for (const id of await listWaiting(db)) enqueue(id);
    },
    /** Makes a finished clip's file once more, for a server whose disk does not have it. */
    again: renderTask,
    /** Resolves when nothing is left to render. */
    idle: async (): Promise<void> => {
      while (running) await running;
    },
  };
}
