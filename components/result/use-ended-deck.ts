"use client";

import { type ComponentType, useEffect, useSyncExternalStore } from "react";
import type { EndedDeckProps } from "@/components/result/ended-deck";

type EndedDeck = ComponentType<EndedDeckProps>;

const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

let deck: EndedDeck | null = null;
let loading: Promise<EndedDeck> | null = null;
const listeners = new Set<() => void>();

async function load(): Promise<EndedDeck> {
  for (let failures = 0; ; failures++) {
    try {
      deck = (await import("@/components/result/ended-deck")).EndedDeck;
      for (const listener of listeners) listener();
      return deck;
    } catch {
      // The network is away, and comes back: until then what runs goes on, and the page goes on showing it.
      await pause(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 15_000);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      removeEventListener("online", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    addEventListener("online", wake);
  });
}

/**
 * Fetches what shows an end, 10 KB over the wire that a first visit does without: at the first press, when the page is at
 * rest, or at once where something has ended already. Never rejects.
 */
export function loadEndedDeck(): Promise<EndedDeck> {
  loading ??= load();
  return loading;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const current = () => deck;

/** When a page at which nothing was pressed is at rest. */
const AT_REST_MS = 10_000;

/** Fetches that deck before it is needed, so that an end can be shown even if the network is away by then. */
export function usePreparedEnd(hasAny: boolean) {
  useEffect(() => {
    const timer = setTimeout(loadEndedDeck, hasAny ? 0 : AT_REST_MS);
    return () => clearTimeout(timer);
  }, [hasAny]);
}

/** The deck of what has ended; null until it has been fetched, which this asks for. */
export function useEndedDeck(): EndedDeck | null {
  const ready = useSyncExternalStore(subscribe, current, current);
  useEffect(() => void loadEndedDeck(), []);
  return ready;
}
