"use client";

import { infiniteQueryOptions, useQuery } from "@tanstack/react-query";
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

/** Whether the visitor has uploads to choose from, asked once when the `region` it concerns comes into sight. */
export function useEarlierUploads(): { region: RefObject<HTMLDivElement | null>; hasAny: boolean } {
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
  const { data } = useQuery({
    queryKey: ["uploads", "any"],
    queryFn: async ({ signal }) => (await fetchUploads(null, signal)).uploads.length > 0,
    enabled: isSeen,
    networkMode: "always",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { region, hasAny: data ?? false };
}
