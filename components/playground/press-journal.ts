import type { Press } from "@/lib/generations/schema";

/** A press as the browser remembers it until the server has shown its row. `at` is in milliseconds since 1970. */
export type JournaledPress = Press & { at: number };

// A key for each: of a list, one tab would write back what it knew a moment before another one added to it.
const PREFIX = "mindvideo:press:";
/** Older presses are never sent by themselves when a page opens: nobody knows whether they are still wanted. */
export const YOUNG_MS = 120_000;

const isPress = (value: unknown): value is JournaledPress => {
  if (typeof value !== "object" || value === null) return false;
  const press = value as Partial<JournaledPress>;
  return (
    typeof press.id === "string" &&
    typeof press.model === "string" &&
    typeof press.at === "number" &&
    typeof press.input === "object" &&
    press.input !== null
  );
};

export const isYoung = (press: JournaledPress, now: number): boolean => now - press.at < YOUNG_MS;

/**
 * The presses not yet known to the server, shared by all tabs of this browser. Where storage is closed (private mode,
 * a full disk) it works in memory for as long as the page lives.
 */
export function createPressJournal(storage: Storage | null, target: EventTarget) {
  const unstored = new Map<string, JournaledPress>();
  const listeners = new Set<() => void>();

  function read(key: string): JournaledPress | null {
    try {
      const value: unknown = JSON.parse(storage?.getItem(key) ?? "null");
      return isPress(value) && key === PREFIX + value.id ? value : null;
    } catch {
      // What cannot be read is nobody's press.
      return null;
    }
  }

  function tell() {
    for (const listener of listeners) listener();
  }

  return {
    /** Oldest first. */
    all(): JournaledPress[] {
      const keys = Object.keys(storage ?? {}).filter((key) => key.startsWith(PREFIX));
      const presses = [...keys.flatMap((key) => read(key) ?? []), ...unstored.values()];
      return presses.sort((one, other) => one.at - other.at);
    },
    has(id: string): boolean {
      return unstored.has(id) || read(PREFIX + id) !== null;
    },
    add(press: JournaledPress) {
      try {
        if (!storage) throw new Error("Storage is closed");
        storage.setItem(PREFIX + press.id, JSON.stringify(press));
      } catch {
        // The press is sent all the same, it only cannot outlive this page.
        unstored.set(press.id, press);
      }
      tell();
    },
    remove(id: string) {
      unstored.delete(id);
      storage?.removeItem(PREFIX + id);
      tell();
    },
    /** Calls `listener` at each change, also one made in another tab. @returns how to stop. */
    subscribe(listener: () => void) {
      const onStorage = (event: Event) => {
        const { key } = event as StorageEvent;
        if (key === null || key.startsWith(PREFIX)) listener();
      };
      listeners.add(listener);
      target.addEventListener("storage", onStorage);
      return () => {
        listeners.delete(listener);
        target.removeEventListener("storage", onStorage);
      };
    },
  };
}

export type PressJournal = ReturnType<typeof createPressJournal>;
