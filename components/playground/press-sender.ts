import { isYoung, type JournaledPress, type PressJournal } from "@/components/playground/press-journal";
import type { AppError, ErrorCode } from "@/lib/errors";
import type { Generation, Press } from "@/lib/generations/schema";
import type { Result } from "@/lib/result";

/**
 * A press the server has not shown yet: on its way, waiting for the visitor to decide, for a page of today, or for the
 * playground's access code.
 */
export type PendingPress = { press: JournaledPress; state: "sending" | "unsent" | "outdated" | "locked" };

export type PressState = { pending: PendingPress[]; isOutdated: boolean };

export const NO_PRESSES: PressState = { pending: [], isOutdated: false };

type Neighbours = {
  journal: PressJournal;
  /** The server action: one result a press, in their order. Throws when no readable answer came. */
  submit: (presses: Press[]) => Promise<Result<Generation>[]>;
  /** Whether what `submit` threw means that the server runs another build than this page. */
  isOutdated: (error: unknown) => boolean;
  onRow: (generation: Generation) => void;
  onRefusal: (press: JournaledPress, error: AppError) => void;
  /** Another tab took a press out of the journal: the server may have a row for it. */
  onElsewhere: (id: string) => void;
  /** Where "online" and "focus" are heard. */
  target: EventTarget;
  /** Keeps two tabs from sending the same press at once; null where the browser has none. */
  locks: LockManager | null;
};

/** Refusals that say that nothing was stored, and that may end without anybody doing anything to the press. */
const NOT_NOW = new Set<ErrorCode>(["unavailable", "no_access"]);
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];
const backoffMs = (failures: number) => BACKOFF_MS[failures] ?? 15_000;
/** Answers that cannot be read are given up after this many; a network that is away is waited for as long as it takes. */
const MAX_UNREADABLE = 6;

/**
 * Brings journaled presses to the server. The id was made at the press, so sending one again, from here or from
 * another tab, is harmless; what must never happen is that one is lost, or sent long after anybody wanted it.
 */
export function createPressSender(to: Neighbours) {
  const active = new Set<string>();
  /** Of those the ones that were answered with the question for the access code. */
  const locked = new Set<string>();
  const wakers = new Set<() => void>();
  const listeners = new Set<() => void>();
  let seen = new Set<string>();
  let state = NO_PRESSES;
  let isOutdated = false;

  function changed() {
    const now = Date.now();
    const pending = to.journal.all().map((press): PendingPress => {
      if (active.has(press.id)) return { press, state: locked.has(press.id) ? "locked" : "sending" };
      // A young one is sent by the page that is loaded next.
      return { press, state: isOutdated && isYoung(press, now) ? "outdated" : "unsent" };
    });
    state = { pending, isOutdated };
    for (const listener of listeners) listener();
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      wakers.add(wake);
    });
  }

  function lock(id: string) {
    locked.add(id);
    changed();
  }

  function end(id: string) {
    seen.delete(id);
    to.journal.remove(id);
  }

  async function attempt(press: JournaledPress): Promise<void> {
    const { at: _at, ...sent } = press;
    for (let failures = 0, unreadable = 0; to.journal.has(press.id) && !isOutdated; failures++) {
      try {
        const [result] = await to.submit([sent]);
        if (!result) throw new Error("The server answered without a result.");
        if (!result.ok && NOT_NOW.has(result.error.code)) {
          if (result.error.code === "no_access") lock(press.id);
          await pause(backoffMs(failures));
          continue;
        }
        // The row is on the page before the press leaves the journal: nobody sees a gap.
        if (result.ok) to.onRow(result.value);
        else to.onRefusal(press, result.error);
        end(press.id);
        return;
      } catch (error) {
        if (to.isOutdated(error)) {
          isOutdated = true;
          return;
        }
        // A fetch that fails throws a TypeError; anything else came from a server that answered something odd.
        if (!(error instanceof TypeError)) unreadable++;
        if (unreadable >= MAX_UNREADABLE) return;
        await pause(backoffMs(failures));
      }
    }
  }

  async function deliver(press: JournaledPress) {
    if (active.has(press.id) || isOutdated) return;
    active.add(press.id);
    changed();
    try {
      if (to.locks) await to.locks.request(`mindvideo:press:${press.id}`, () => attempt(press));
      else await attempt(press);
    } finally {
      active.delete(press.id);
      locked.delete(press.id);
      changed();
    }
  }

  function look() {
    const now = Date.now();
    const presses = to.journal.all();
    const ids = new Set(presses.map(({ id }) => id));
    for (const id of seen) if (!ids.has(id)) to.onElsewhere(id);
    // A press of another tab is waited for under its lock; without locks that would only send everything twice.
    for (const press of presses) if (to.locks && !seen.has(press.id) && isYoung(press, now)) void deliver(press);
    seen = ids;
    changed();
  }

  return {
    state: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    /** Looks through the journal as a page that opens does, and listens from then on. @returns how to stop. */
    start() {
      const now = Date.now();
      for (const press of to.journal.all()) if (isYoung(press, now)) void deliver(press);
      const wakeAll = () => {
        for (const wake of wakers) wake();
      };
      const stop = to.journal.subscribe(look);
      to.target.addEventListener("online", wakeAll);
      // The code may have been entered in another tab.
      to.target.addEventListener("focus", wakeAll);
      look();
      return () => {
        stop();
        to.target.removeEventListener("online", wakeAll);
        to.target.removeEventListener("focus", wakeAll);
      };
    },
    /** A new press: written down first, then sent. */
    press(press: JournaledPress) {
      seen.add(press.id);
      to.journal.add(press);
      void deliver(press);
    },
    /** Sends one that was left, because the visitor asked for it. */
    send(id: string) {
      const press = to.journal.all().find((one) => one.id === id);
      if (press) void deliver(press);
    },
    discard(id: string) {
      end(id);
    },
  };
}
