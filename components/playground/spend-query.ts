import { queryOptions } from "@tanstack/react-query";
import type { SpendView } from "@/lib/spend/schema";

const STALE_MS = 30_000;
/** By the browser's clock the limit may have begun anew while the server's has not come so far. */
const SOONEST_MS = 60_000;

async function fetchSpend(model: string, settings: string, signal: AbortSignal): Promise<SpendView> {
  const query = new URLSearchParams({ model, like: settings });
  const response = await fetch(`/api/spend?${query}`, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.json();
}

/** When what is left today is something else although nobody pressed: at midnight UTC. False where there is no limit. */
const untilNewDay = ({ left, resetsAt }: SpendView): number | false =>
  (left.all || left.visitor) !== null && Math.max(SOONEST_MS, resetsAt - Date.now());

/** What a press with these settings (`settingsOf`) would cost, and what is left today. `initial` came with the page, then. */
export const spendQuery = (model: string, settings: string, initial?: { view: SpendView; at: number }) =>
  queryOptions<SpendView>({
    queryKey: ["spend", model, settings],
    queryFn: ({ signal }) => fetchSpend(model, settings, signal),
    initialData: initial?.view,
    initialDataUpdatedAt: initial?.at,
    staleTime: STALE_MS,
    // What is left stays in sight while the price of other settings is on its way.
    placeholderData: (previous) => previous,
    refetchInterval: ({ state: { data } }) => data !== undefined && untilNewDay(data),
    networkMode: "always",
    retry: false,
  });
