/** One mark on a ruler. `at` is its place from 0 to 1; a label only where there is one to read. */
export type Tick = { at: number; major: boolean; label: string | null };

const GAUGE_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000];

/** The length of the waiting gauge: it grows before the needle comes near its end, and never calls anything late. */
export function gaugeMs(elapsedMs: number): number {
  const fitting = GAUGE_MS.find((length) => elapsedMs < length * 0.9);
  if (fitting) return fitting;
  const hours = 3_600_000;
  return Math.ceil((elapsedMs * 1.2) / hours) * hours;
}

/** Forty-five even marks, every fifth one major; only the ends of the gauge are labelled, by its drawing. */
export const GAUGE_TICKS: Tick[] = Array.from({ length: 46 }, (_, index) => ({
  at: index / 45,
  major: index % 5 === 0,
  label: null,
}));

const STEPS_SECONDS = [1, 2, 5, 10, 30, 60, 300, 600];
const MOST_LABELS = 9;

/** The marks under a clip: whole seconds (or a rounder step in a long one) labelled, ten finer ones between them. */
export function clipTicks(seconds: number): Tick[] {
  if (!Number.isFinite(seconds) || seconds <= 0) return [];
  const step = STEPS_SECONDS.find((size) => seconds / size <= MOST_LABELS) ?? seconds / MOST_LABELS;
  const fine = step / (seconds / step > 6 ? 5 : 10);
  const ticks: Tick[] = [];
  const count = Math.floor(seconds / fine + 1e-6);
  const perStep = Math.round(step / fine);
  for (let index = 0; index <= count; index++) {
    const time = index * fine;
    const major = index % perStep === 0;
    // A label that would touch the one at the end is left out; the end always says the length.
    const isFree = major && seconds - time > step * 0.6;
    ticks.push({ at: time / seconds, major, label: isFree ? String(Math.round(time)) : null });
  }
  return ticks;
}
