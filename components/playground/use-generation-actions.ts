"use client";

import { useState } from "react";
import type { ResultActions } from "@/components/result/result-actions";
import { isUnwatched } from "@/components/result/shown";
import { writeTrouble } from "@/components/result/write-trouble";
import type { ErrorCode } from "@/lib/errors";
import { checkAgain, letItBe, lookAgain, setFavorite, stopWatching } from "@/lib/generations/actions";
import type { Generation } from "@/lib/generations/schema";
import type { Result } from "@/lib/result";

const LOOK_MS = 1500;
const MAX_LOOKS = 3;

type Hands = Pick<ResultActions, "onContinue" | "onPicture" | "onShow" | "onRemoved"> & {
  show: (rows: Generation[]) => void;
  press: (input: Record<string, unknown>, parentId: string | null) => void;
  fill: (input: Record<string, unknown>, parentId: string | null) => void;
  focus: (field: string | null) => void;
  send: (id: string) => void;
  discard: (id: string) => void;
  /** Fetches a row anew. */
  find: (id: string) => Promise<Generation | null>;
  /** Tells something beside the status, for a while. */
  say: (text: string) => void;
};

/** The sentences are fetched with what shows an end, which most of these buttons are part of. */
async function titleOf(code: ErrorCode): Promise<string> {
  return (await import("@/lib/errors")).ERROR_TEXT[code].title;
}

/** What the stage's buttons do. A write shows the row it returns; one that is refused says why. */
export function useGenerationActions({
  show,
  press,
  fill,
  focus,
  send,
  discard,
  find,
  say,
  ...hands
}: Hands): ResultActions {
  const [isBusy, setBusy] = useState(false);

  const write = async (action: () => Promise<Result<Generation>>, onRow?: (row: Generation) => Promise<void>) => {
    setBusy(true);
    say("");
    try {
      const result = await action();
      if (!result.ok) return say(await titleOf(result.error.code));
      show([result.value]);
      await onRow?.(result.value);
    } catch (error) {
      say(writeTrouble(error, "The server does not answer. Try again in a moment."));
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
    onStopWatching: (id) => write(() => stopWatching(id)),
    onLookAgain: (id) =>
      write(
        () => lookAgain(id),
        async (row) => {
          let seen: Generation | null = row;
          // MindVideo may take longer to answer than an action may.
          for (let looks = 0; looks < MAX_LOOKS && seen && isUnwatched(seen); looks++) {
            await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
            seen = await find(id);
          }
          if (seen && isUnwatched(seen)) say("It has not ended yet.");
        },
      ),
    onSend: send,
    onDiscard: discard,
    onChange: (generation) => show([generation]),
  };
}
