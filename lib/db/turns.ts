import "server-only";
import { isUnavailable } from "@/lib/unavailable";

/**
 * Lets at most `places` pieces of work run at once in this process; the others wait in line here instead of in the database,
 * where each would keep a connection from those who only read. When the database is away, all who wait are told at once.
 */
export function createTurns(places: number) {
  const line: { go(): void; giveUp(reason: unknown): void }[] = [];
  let taken = 0;
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (taken < places) taken += 1;
    else await new Promise<void>((go, giveUp) => line.push({ go, giveUp }));
    try {
      return await work();
    } catch (error) {
      if (isUnavailable(error)) for (const { giveUp } of line.splice(0)) giveUp(error);
      throw error;
    } finally {
      // The place is handed on: somebody who comes just now does not jump the line.
      const next = line.shift();
      if (next) next.go();
      else taken -= 1;
    }
  };
}
