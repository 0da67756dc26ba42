import type { Generation } from "@/lib/generations/schema";

/** What the stage can ask of the page. The stage itself never writes. */
export type ResultActions = {
  /** Puts the recipe back into the form. */
  onUse: (generation: Generation) => void;
  /** Brings the visitor to the field that was refused, or to the prompt. */
  onEdit: (generation: Generation) => void;
  /** Presses once more, with these settings. */
  onAgain: (generation: Generation, input: Record<string, unknown>) => void;
  onFavorite: (id: string, isFavorite: boolean) => void;
  onCheckAgain: (id: string) => void;
  onLetItBe: (id: string) => void;
  onSend: (id: string) => void;
  onDiscard: (id: string) => void;
  /** One of these is on its way to the server. */
  isBusy: boolean;
};
