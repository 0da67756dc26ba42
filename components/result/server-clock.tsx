"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useReducer,
  useState,
  useSyncExternalStore,
} from "react";

/** When the page was rendered by the server's clock, and how far that clock is from the browser's. Milliseconds. */
const ServerClockContext = createContext({ renderedAt: 0, offsetMs: 0 });

/** Clocks closer than this are taken as equal: the difference is mostly the time the page took to arrive. */
const TOLERANCE_MS = 5000;

export function ServerClock({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  const [clock] = useState(() => {
    const offsetMs = renderedAt - Date.now();
    return { renderedAt, offsetMs: Math.abs(offsetMs) > TOLERANCE_MS ? offsetMs : 0 };
  });
  return <ServerClockContext value={clock}>{children}</ServerClockContext>;
}

const never = () => () => {};

/**
 * The present by the server's clock, which all times of a generation come from. Renders again every `tickMs`; not at
 * all when that is null. The first render in the browser shows what the server rendered.
 */
export function useServerNow(tickMs: number | null): number {
  const { renderedAt, offsetMs } = useContext(ServerClockContext);
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const isHydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  useEffect(() => {
    if (tickMs === null) return;
    const timer = setInterval(tick, tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  return isHydrated ? Date.now() + offsetMs : renderedAt;
}
