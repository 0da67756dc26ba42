"use client";

import { infiniteQueryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { UploadsPage } from "@/lib/uploads/schema";

async function fetchUploads(before: string | null, signal: AbortSignal): Promise<UploadsPage> {
  const query = before === null ? "" : `?before=${encodeURIComponent(before)}`;
  const response = await fetch(`/api/uploads${query}`, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.json();
}

/** The visitor's uploads, newest first, a page at a time. */
export const uploadsQuery = infiniteQueryOptions({
  queryKey: ["uploads"] as const,
  queryFn: ({ pageParam, signal }) => fetchUploads(pageParam, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page: UploadsPage) => page.next,
  networkMode: "always",
  retry: false,
});

const ANY = ["uploads", "any"] as const;

/**
 * Whether the visitor has uploads to choose from, asked when the `region` it concerns comes into sight. What the field
 * holds itself (`hasOwn`) will be an earlier upload once it is taken out.
 */
export function useEarlierUploads(hasOwn: boolean): { region: RefObject<HTMLDivElement | null>; hasAny: boolean } {
  const region = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!region.current || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) setSeen(true);
    });
    observer.observe(region.current);
    return () => observer.disconnect();
  }, []);
  const client = useQueryClient();
  useEffect(() => {
    if (hasOwn) client.setQueryData(ANY, true);
  }, [client, hasOwn]);
  const { data } = useQuery({
    queryKey: ANY,
    queryFn: async ({ signal }) => (await fetchUploads(null, signal)).uploads.length > 0,
    enabled: isSeen,
    networkMode: "always",
    retry: false,
    refetchOnWindowFocus: false,
    // There may be some the next time these keys are drawn, but no fewer than none.
    staleTime: ({ state }) => (state.data ? Number.POSITIVE_INFINITY : 0),
  });
  return { region, hasAny: data ?? false };
}
