import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { liveServers } from "@/lib/servers/service";
import { sumStored } from "@/lib/uploads/data";
import { CROWDED_SHARE, STORED_FILE_BYTES } from "@/lib/uploads/policy";

// On `globalThis` for the same reason as the database: Next bundles routes and instrumentation apart.
const shared = globalThis as { playgroundPlaces?: { taken: number; isFull: boolean } };
shared.playgroundPlaces ??= { taken: 0, isFull: false };
const places = shared.playgroundPlaces;

/** Room in our own store for one file on its way in. */
export type Place = {
  /** Whether there still is room, for this file and the others that are on their way into this server. */
  isLeft(): Promise<boolean>;
  /** The file has its row, or did not come: what was taken for it is free. */
  giveBack(): void;
};

/**
 * Takes room for a file of `bytes` that is about to be written; null when there is none. What is stored counts for all
 * servers; of what is left each has its share for what is on the way, so that files which come at once are not all told that
 * there is room. What this lets through by a little `saveUpload` refuses.
 */
export async function takePlace(bytes: number): Promise<Place | null> {
  const needed = bytes + STORED_FILE_BYTES;
  const left = await shareLeft();
  // From here to the taking nothing is awaited, or two would find the same room.
  if (places.taken + needed > left) {
    reportFull();
    return null;
  }
  places.taken += needed;
  let isTaken = true;
  return {
    isLeft: async () => places.taken <= (await shareLeft()),
    giveBack() {
      if (isTaken) places.taken -= needed;
      isTaken = false;
    },
  };
}

const shareLeft = async () => (env().uploadsMaxBytes - (await countStored())) / liveServers();

async function countStored(): Promise<number> {
  const stored = await sumStored();
  metrics().uploadsBytes.set(stored);
  return stored;
}

function reportFull(): void {
  if (places.isFull) return;
  places.isFull = true;
  log.error({ event: "uploads_full", maxBytes: env().uploadsMaxBytes }, "Uploads are refused: see UPLOADS_MAX_BYTES.");
}

/** Whether our own store is nearly full. It is asked by the sweep; that there is room again is told here, once. */
export async function isCrowded(): Promise<boolean> {
  const crowded = (await countStored()) > env().uploadsMaxBytes * CROWDED_SHARE;
  if (places.isFull && !crowded) {
    places.isFull = false;
    log.info({ event: "uploads_taken_again" });
  }
  return crowded;
}

/** Runs at most `atOnce` pieces of work side by side; the others wait for their turn, in order. */
export function createTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
