import type { Press } from "@/lib/generations/schema";

/** A press as the browser remembers it until the server has shown its row. `at` is in milliseconds since 1970. */
export type JournaledPress = Press & { at: number };

const KEY = "mindvideo:presses";
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

function parse(text: string | null): JournaledPress[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter(isPress) : [];
  } catch {
    return [];
  }
}

export const isYoung = (press: JournaledPress, now: number): boolean => now - press.at < YOUNG_MS;

/**
 * The presses not yet known to the server, shared by all tabs of this browser. Where storage is closed (private mode,
 * a full disk) it works in memory for as long as the page lives.
 */
export function createPressJournal(storage: Storage | null, target: EventTarget) {
  let text = read();
  let presses = parse(text);
  const listeners = new Set<() => void>();

  function read(): string | null {
    try {
      return storage?.getItem(KEY) ?? null;
    } catch {
      return null;
    }
  }

  function refresh() {
    const next = read();
    if (storage && next !== text) {
      text = next;
      presses = parse(next);
    }
  }

  function write(next: JournaledPress[]) {
    presses = next;
    text = JSON.stringify(next);
    try {
      if (next.length > 0) storage?.setItem(KEY, text);
      else storage?.removeItem(KEY);
      text = read() ?? text;
    } catch {
      // Kept in memory: the press is sent all the same, it only cannot outlive this page.
    }
    for (const listener of listeners) listener();
  }

  return {
    /** Oldest first. The same array until something changes. */
    all(): JournaledPress[] {
      return presses;
    },
    has(id: string): boolean {
      refresh();
      return presses.some((press) => press.id === id);
    },
    add(press: JournaledPress) {
      refresh();
      write([...presses.filter(({ id }) => id !== press.id), press]);
    },
    remove(id: string) {
      refresh();
      if (presses.some((press) => press.id === id)) write(presses.filter((press) => press.id !== id));
    },
    /** Calls `listener` at each change, also one made in another tab. @returns how to stop. */
    subscribe(listener: () => void) {
      const onStorage = (event: Event) => {
        if ((event as StorageEvent).key !== KEY && (event as StorageEvent).key !== null) return;
        refresh();
        listener();
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
