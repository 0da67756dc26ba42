import type { Generation } from "@/lib/generations/schema";

/** What the stage can ask of the page. The stage itself never writes. */
export type ResultActions = {
  /** Puts the recipe back into the form. */
  onUse: (generation: Generation) => void;
  /** Brings the visitor to the field that was refused, or to the prompt. */
  onEdit: (generation: Generation) => void;
  /** Presses once more, with these settings. */
  onAgain: (generation: Generation, input: Record<string, unknown>) => void;
  /**
   * Goes on from a clip: its last frame becomes the first picture, with its settings. Called when that is asked for; what it
   * returns is called with the frame, once it has been read. Null where no picture begins a clip.
   */
  onContinue: ((generation: Generation) => (lastFrame: File) => void) | null;
  /** Puts a picture into the form. @returns what has been done, in a few words. Null where the form takes none. */
  onPicture: ((picture: File) => Promise<string>) | null;
  /** Brings another generation onto the stage. */
  onShow: (id: string) => void;
  onFavorite: (id: string, isFavorite: boolean) => void;
  onCheckAgain: (id: string) => void;
  onLetItBe: (id: string) => void;
  /** Waits no longer for a task that does not end, or asks once more how it stands. */
  onStopWatching: (id: string) => void;
  onLookAgain: (id: string) => void;
  onSend: (id: string) => void;
  onDiscard: (id: string) => void;
  /** A generation was changed by a part that writes by itself: it is shared now, or not any more. */
  onChange: (generation: Generation) => void;
  /** A generation was deleted: it leaves the page, and something else takes the stage. */
  onRemoved: (id: string) => void;
  /** One of these is on its way to the server. */
  isBusy: boolean;
};
