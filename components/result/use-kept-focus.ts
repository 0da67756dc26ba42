"use client";

import { useEffect, useLayoutEffect, useRef } from "react";

/**
 * Keeps the focus in a region whose content is replaced. A button that makes itself go away, such as "Generate again",
 * would leave the focus nowhere; then the region itself takes it. Nobody's focus is taken who is elsewhere.
 * `content` names what is shown; @returns the ref of the region.
 */
export function useKeptFocus(content: string) {
  const region = useRef<HTMLElement>(null);
  const wasInside = useRef(false);

  useEffect(() => {
    const look = () => {
      wasInside.current = region.current?.contains(document.activeElement) ?? false;
    };
    // Losing the focus tells nothing: an element that is taken away loses it as well. Where somebody presses does.
    const press = (event: PointerEvent) => {
      wasInside.current = event.target instanceof Node && (region.current?.contains(event.target) ?? false);
    };
    document.addEventListener("focusin", look);
    document.addEventListener("pointerdown", press);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("pointerdown", press);
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks again exactly when the content changed
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (wasInside.current && isLost) region.current?.focus({ preventScroll: true });
  }, [content]);

  return region;
}
