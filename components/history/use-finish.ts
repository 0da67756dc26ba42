"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import { justFinished } from "@/components/history/finish";
import type { Generation } from "@/lib/generations/schema";
import type { Status } from "@/lib/generations/transitions";

/** Calls `onFinish` for each watched generation that stops running, once in this page's life. */
export function useFinish(generations: Generation[], onFinish: (generation: Generation) => void) {
  const before = useRef<Map<string, Status>>(new Map());
  const tell = useEffectEvent(onFinish);
  useEffect(() => {
    const finished = justFinished(before.current, generations);
    before.current = new Map(generations.map(({ id, status }) => [id, status]));
    for (const generation of finished) tell(generation);
  }, [generations]);
}
