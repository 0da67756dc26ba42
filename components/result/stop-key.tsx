import type { ResultActions } from "@/components/result/result-actions";
import { useServerNow } from "@/components/result/server-clock";
import { isRunning } from "@/components/result/shown";
import { STOP_WATCHING_AFTER_MS } from "@/lib/generations/policy";
import type { Generation } from "@/lib/generations/schema";

const LOOK_MS = 15_000;

/** Where a task has not ended for so long that it may never: its owner may go on without it. */
export function StopKey({ generation, actions }: { generation: Generation; actions: ResultActions }) {
  const now = useServerNow(LOOK_MS);
  const { acceptedAt } = generation;
  if (!isRunning(generation) || acceptedAt === null || now < acceptedAt + STOP_WATCHING_AFTER_MS) return null;
  return (
    <button
      type="button"
      className="key key--bare"
      aria-disabled={actions.isBusy || undefined}
      onClick={() => {
        if (!actions.isBusy) actions.onStopWatching(generation.id);
      }}
    >
      Stop watching
    </button>
  );
}
