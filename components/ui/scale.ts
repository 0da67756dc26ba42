export type Tick = { at: number; percent: number; isMajor: boolean; label: string | null };

const STEPS = [1, 2, 4, 5, 10, 20];
const MAX_STEPS = 20;

/** Where a value lies between two ends, in percent. */
export function percentOf(value: number, min: number, max: number): number {
  if (max <= min) return 0;
  return Math.round(Math.min(1, Math.max(0, (value - min) / (max - min))) * 10_000) / 100;
}

/**
 * The marks of a small ruler: every step where there are at most twenty, about five of them with a word; otherwise only
 * the ends and the value that stands there by default.
 */
export function ticksOf(min: number, max: number, step: number, standard: number | null): Tick[] {
  const count = Math.round((max - min) / step);
  const tick = (at: number, isMajor: boolean): Tick => ({
    at,
    percent: percentOf(at, min, max),
    isMajor,
    label: isMajor ? String(at) : null,
  });
  if (count > MAX_STEPS || count < 1) {
    const middle = standard !== null && standard > min && standard < max ? [tick(standard, true)] : [];
    const isFree = middle.every(({ percent }) => percent > 15 && percent < 85);
    return [tick(min, true), ...(isFree ? middle : []), tick(max, true)];
  }
  const every = (STEPS.find((size) => count / size <= 4) ?? count) * step;
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = Number((min + index * step).toPrecision(12));
    const isEnd = index === 0 || index === count;
    const isRound = Math.abs(at / every - Math.round(at / every)) < 1e-9;
    return tick(at, isEnd || (isRound && Math.min(at - min, max - at) > every / 2 - 1e-9));
  });
}
