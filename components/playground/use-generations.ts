"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { generationsQuery, showGenerations } from "@/components/result/generations-query";
import type { Generation, GenerationsAnswer } from "@/lib/generations/schema";

/** The rows the page knows, kept up to date while any of them runs. `recent` is what the server rendered with. */
export function useGenerations(recent: Generation[]) {
  const client = useQueryClient();
  const [options] = useState(() => generationsQuery({ generations: recent, pollAfterMs: 0 }));
  const { data, isError } = useQuery(options);
  return useMemo(
    () => ({
      generations: data.generations,
      /** The server did not answer the last question. It is asked again by itself. */
      isCutOff: isError,
      show: (rows: Generation[]) => showGenerations(client, rows),
      /** Fetches a row that another tab made; nothing happens when there is none. */
      find: async (id: string) => {
        const response = await fetch(`/api/generations?ids=${id}`, { cache: "no-store" }).catch(() => null);
        if (!response?.ok) return;
        const answer: GenerationsAnswer = await response.json();
        showGenerations(client, answer.generations);
      },
    }),
    [client, data.generations, isError],
  );
}
