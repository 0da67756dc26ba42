import { queryOptions } from "@tanstack/react-query";
import type { SpendView } from "@/lib/spend/schema";

const STALE_MS = 30_000;

async function fetchSpend(model: string, settings: string, signal: AbortSignal): Promise<SpendView> {
  const query = new URLSearchParams({ model, like: settings });
  const response = await fetch(`/api/spend?${query}`, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.json();
}

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
    networkMode: "always",
    retry: false,
  });
