"use client";

import { useEffect, useReducer } from "react";
import { askedRatio, firstPicture } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";
import { picturePath } from "@/lib/uploads/schema";

const USUAL_RATIO = 16 / 9;
const known = new Map<string, number>();

/**
 * Width by height the output of an input will have, before it is there: what its settings ask for, else the shape of
 * its first picture, which is learned from the preview. 16/9 until then, and for no input.
 */
export function useFrameRatio(model: Model, input: Record<string, unknown> | null): number {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const asked = input && askedRatio(model, input);
  const picture = input && asked === null ? firstPicture(model, input) : null;
  useEffect(() => {
    if (picture === null || known.has(picture)) return;
    const image = new Image();
    image.onload = () => {
      known.set(picture, image.naturalWidth / image.naturalHeight);
      redraw();
    };
    image.src = picturePath(picture);
    return () => {
      image.onload = null;
    };
  }, [picture]);
  return asked ?? (picture === null ? undefined : known.get(picture)) ?? USUAL_RATIO;
}
