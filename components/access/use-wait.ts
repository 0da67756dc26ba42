import { useEffect, useState } from "react";
import type { CodeAnswer } from "@/lib/visitors/schema";

const TICK_MS = 250;

/** The whole seconds until the next try is taken, counted down; 0 when it may come at once. */
export function useWait(answered: CodeAnswer): number {
  const [left, setLeft] = useState(answered.waitSeconds);
  useEffect(() => {
    setLeft(answered.waitSeconds);
    if (answered.waitSeconds === 0) return;
    const until = Date.now() + answered.waitSeconds * 1000;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [answered]);
  return left;
}
