"use client";

import { useState } from "react";
import type { ResultActions } from "@/components/result/result-actions";
import { checkAgain, letItBe, setFavorite } from "@/lib/generations/actions";
import type { Generation } from "@/lib/generations/schema";
import type { Result } from "@/lib/result";

type Hands = Pick<ResultActions, "onContinue" | "onPicture" | "onShow"> & {
  show: (rows: Generation[]) => void;
  press: (input: Record<string, unknown>, parentId: string | null) => void;
  fill: (input: Record<string, unknown>, parentId: string | null) => void;
  focus: (field: string | null) => void;
  send: (id: string) => void;
  discard: (id: string) => void;
};

/** What the stage's buttons do. A write shows the row it returns; one that fails leaves the page as it was. */
export function useGenerationActions({ show, press, fill, focus, send, discard, ...hands }: Hands): ResultActions {
  const [isBusy, setBusy] = useState(false);

  const write = async (action: () => Promise<Result<Generation>>) => {
    setBusy(true);
    try {
      const result = await action();
      if (result.ok) show([result.value]);
    } catch {
      // The button is there to be pressed again.
    } finally {
      setBusy(false);
    }
  };

  return {
    ...hands,
    isBusy,
    onUse: ({ input, parentId }) => {
      fill(input, parentId);
      focus(null);
    },
    onEdit: ({ error }) => focus(error?.field ?? null),
    onAgain: ({ parentId }, input) => press(input, parentId),
    onFavorite: (id, isFavorite) => write(() => setFavorite(id, isFavorite)),
    onCheckAgain: (id) => write(() => checkAgain(id)),
    onLetItBe: (id) => write(() => letItBe(id)),
    onSend: send,
    onDiscard: discard,
  };
}
