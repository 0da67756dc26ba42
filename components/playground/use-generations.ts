"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import {
  generationsQuery,
  type Recent,
  removeGeneration,
  showGenerations,
} from "@/components/result/generations-query";
import type { Generation, GenerationsAnswer } from "@/lib/generations/schema";

// When to ask next changes with every answer, and draws nothing: an answer without news renders nothing.
const rowsOf = ({ generations }: Recent) => generations;

const TROUBLES = ["no_access", "no_visitor", "unavailable"] as const;

/** Why the page hears nothing new: it waits for the access code, for its cookie, for the playground, or for any answer at all. */
export type Trouble = (typeof TROUBLES)[number] | "cut_off";

/** The rows the page knows, kept up to date while any of them runs. `recent` is what the server rendered with. */
export function useGenerations(recent: Generation[]) {
  const client = useQueryClient();
  const [options] = useState(() => generationsQuery({ generations: recent, pollAfterMs: 0 }));
  const { data: generations, error } = useQuery({ ...options, select: rowsOf });
  const trouble: Trouble | null = error && (TROUBLES.find((code) => code === error.cause) ?? "cut_off");
  return useMemo(
    () => ({
      generations,
      /** The server did not answer the last question, or not with what was asked. It is asked again by itself. */
      trouble,
      show: (rows: Generation[]) => showGenerations(client, rows),
      /** Takes a row off the page that its visitor has deleted. */
      remove: (id: string) => removeGeneration(client, id),
      /** Fetches a row that this page does not know, from another tab or long ago. @returns it, or null. */
      find: async (id: string): Promise<Generation | null> => {
        const response = await fetch(`/api/generations?ids=${id}`, { cache: "no-store" }).catch(() => null);
        if (!response?.ok) return null;
        const answer: GenerationsAnswer = await response.json();
        showGenerations(client, answer.generations);
        return answer.generations[0] ?? null;
      },
    }),
    [client, generations, trouble],
  );
}
