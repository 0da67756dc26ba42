/** Chance that comes out the same for the same seed. */
export type Random = {
  /** From 0 to just under 1. */
  next(): number;
  /** A whole number from 0 to just under `below`. */
  below(below: number): number;
  /** Whether something happens that does so this often, from 0 to 1. */
  chance(often: number): boolean;
  pick<T>(list: readonly T[]): T;
  uuid(): string;
};

/** A small generator of 32 bits (mulberry32): good enough to be unforeseen, and the same on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (often) => next() < often,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    uuid() {
      const hex = Array.from({ length: 32 }, () => below(16).toString(16)).join("");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}
