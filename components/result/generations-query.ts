import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { mergeGenerations } from "@/components/result/merge-generations";
import { nextPollMs } from "@/components/result/next-poll";
import { isRunning } from "@/components/result/shown";
import type { AppError } from "@/lib/errors";
import type { Generation, GenerationsAnswer } from "@/lib/generations/schema";

/** The visitor's recent generations, newest first, and when the server wants to be asked about the running ones. */
export type Recent = { generations: Generation[]; pollAfterMs: number | null };

/** Asks how these stand. @throws with the refusal's code as its cause */
export async function fetchGenerations(ids: string[], signal: AbortSignal): Promise<GenerationsAnswer> {
  const response = await fetch(`/api/generations?ids=${ids.join(",")}`, { signal, cache: "no-store" });
  if (!response.ok) {
    const { error }: { error?: AppError } = await response.json().catch(() => ({}));
    throw new Error(`The server answered ${response.status}.`, { cause: error?.code });
  }
  return response.json();
}

/** Whether something will still become known of it: its end, or whether its file is kept. */
const isUndecided = (generation: Generation): boolean =>
  isRunning(generation) || generation.outputs.some(({ keep }) => keep.state === "pending");

/**
 * One query for everything the page watches. Its function only reads; it asks for all undecided ids at once and lays
 * the answer over what the page knows, also over what an action added while the request was under way.
 */
export const generationsQuery = (initial: Recent) =>
  queryOptions({
    queryKey: ["generations"] as const,
    queryFn: async ({ client, queryKey, signal }): Promise<Recent> => {
      const known = () => client.getQueryData<Recent>(queryKey) ?? initial;
      const ids = known()
        .generations.filter(isUndecided)
        .map(({ id }) => id);
      if (ids.length === 0) return { ...known(), pollAfterMs: null };
      const answer = await fetchGenerations(ids, signal);
      const gone = ids.filter((id) => !answer.generations.some((generation) => generation.id === id));
      const kept = known().generations.filter(({ id }) => !gone.includes(id));
      // What was deleted while the request was under way must not come back with its answer.
      const wanted = answer.generations.filter((generation) => kept.some(({ id }) => id === generation.id));
      return { generations: mergeGenerations(kept, wanted), pollAfterMs: answer.pollAfterMs };
    },
    initialData: initial,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    // A server on this very machine is there without any network.
    networkMode: "always",
    // Retries would hang while the page is hidden; the interval is the retry.
    retry: false,
    refetchInterval: (query) =>
      nextPollMs({
        isRunning: query.state.data?.generations.some(isUndecided) ?? false,
        pollAfterMs: query.state.data?.pollAfterMs ?? null,
        hasFailed: query.state.status === "error",
        sinceAnswerMs: Date.now() - query.state.dataUpdatedAt,
      }),
    // A page nobody looks at must notice that something finished.
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: false,
    refetchOnReconnect: "always",
  });

// An action has just changed something: the next answer is worth asking for soon.
const AFTER_ACTION_MS = 300;

/** Puts rows an action returned into the query, so that every part of the page sees them at once. */
export function showGenerations(client: QueryClient, rows: Generation[]) {
  client.setQueryData<Recent>(["generations"], (recent) =>
    recent ? { generations: mergeGenerations(recent.generations, rows), pollAfterMs: AFTER_ACTION_MS } : recent,
  );
}

/** Takes a row out of the query, so that no part of the page shows it any more. */
export function removeGeneration(client: QueryClient, removed: string) {
  client.setQueryData<Recent>(["generations"], (recent) =>
    recent ? { ...recent, generations: recent.generations.filter(({ id }) => id !== removed) } : recent,
  );
}
