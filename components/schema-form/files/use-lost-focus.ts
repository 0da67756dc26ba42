"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/**
 * Keeps the focus in a field whose parts come and go. A button that takes itself away would leave it nowhere; then it
 * goes to what the field's title leads to (the element with this id). Nobody's focus is taken who is elsewhere.
 */
export function useLostFocus(region: RefObject<HTMLElement | null>, id: string, content: unknown) {
  const wasInside = useRef(false);
  useEffect(() => {
    const look = () => {
      wasInside.current = region.current?.contains(document.activeElement) ?? false;
    };
    const press = ({ target }: PointerEvent) => {
      wasInside.current = target instanceof Node && (region.current?.contains(target) ?? false);
    };
    document.addEventListener("focusin", look);
    document.addEventListener("pointerdown", press);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("pointerdown", press);
    };
  }, [region]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks again exactly when the content changed
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (wasInside.current && isLost) document.getElementById(id)?.focus({ preventScroll: true });
  }, [content, id]);
}
