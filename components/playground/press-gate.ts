/** Two clicks closer than this are one press (design section 4). */
export const SAME_PRESS_MS = 600;

/**
 * Tells a new press from the rest of a double click or a held key. Every attempt counts as the last one, so a key that
 * repeats for a minute stays one press.
 */
export function createPressGate() {
  let lastAt = Number.NEGATIVE_INFINITY;
  return (now: number): boolean => {
    const isNew = now - lastAt >= SAME_PRESS_MS;
    lastAt = now;
    return isNew;
  };
}
