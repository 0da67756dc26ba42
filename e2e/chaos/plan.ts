import type { Fault } from "../fixtures/vendor";

/** The same numbers for the same seed (mulberry32), each from 0 up to 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type PlannedPress = {
  /** In no other press of this run. */
  prompt: string;
  visitor: number;
  /** From the beginning of its round. */
  atMs: number;
  /** Its page is closed after the first attempt, answered or not. */
  isLeft: boolean;
  /** MindVideo says no to it, always, and charges nothing. */
  isRefused: boolean;
  faults: Fault[];
};

export type Round = {
  presses: PlannedPress[];
  /** When the server is killed, from the beginning of the round. */
  killAtMs: number;
  /** Kills the next server as well, this long after it was started, whatever it has got to by then. */
  killStartAtMs: number | null;
};

const PRESSES = { least: 1, most: 4 };
const ROUND_MS = 900;
const START_MS = 900;

/** What may go wrong with the POST. A server that dies in the middle of any of these must find out with the same number. */
const SENDS: Fault[][] = [
  [{ delayMs: 400 }],
  [{ delayMs: 1_500 }],
  [{ hang: true, makeTask: true }],
  [{ status: 500, body: { error: { code: "internal", message: "It broke" } } }],
  [{ status: 502, body: "Bad gateway", makeTask: true, times: 2 }],
  [{ status: 503, headers: { "Retry-After": "1" } }],
  [{ status: 429, headers: { "Retry-After": "1" } }],
  [{ cut: true }],
  [{ cut: true, makeTask: true }],
  [{ cut: "body", makeTask: true }],
];
/** And with what is asked afterwards. */
const POLLS: Fault[][] = [
  [{ on: "task", status: 500, times: 2 }],
  [{ on: "task", delayMs: 700, times: 3 }],
  [{ on: "task", cut: true }],
  [{ on: "task", cut: "body" }],
  [{ on: "events", status: 500 }],
  [{ on: "events", delayMs: 600 }],
  [{ on: "output", cut: true }],
];

/** A run, decided before it begins: the seed decides what is done and when, the machine how far the server has got by then. */
export function planRounds(seed: number, rounds: number, visitors: number): Round[] {
  const random = createRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const oneOf = <T>(list: T[]): T => list[upTo(list.length)] as T;
  let count = 0;

  function planPress(isLate: boolean): PlannedPress {
    const prompt = `chaos ${seed} press ${++count}.`;
    const isRefused = random() < 0.05;
    const refusal: Fault[] = [
      { status: 422, times: "always", body: { error: { code: "refused", message: "Not this" } } },
    ];
    // A POST that hangs costs twenty seconds: not in the last rounds, whose end everybody waits for.
    const sends = random() < 0.4 ? oneOf(isLate ? SENDS.filter(([fault]) => !fault?.hang) : SENDS) : [];
    const polls = random() < 0.3 ? oneOf(POLLS) : [];
    return {
      prompt,
      visitor: upTo(visitors),
      atMs: upTo(ROUND_MS),
      isLeft: random() < 0.1,
      isRefused,
      faults: (isRefused ? refusal : [...sends, ...polls]).map((fault) => ({ ...fault, prompt })),
    };
  }

  return Array.from({ length: rounds }, (_, round) => ({
    presses: Array.from({ length: PRESSES.least + upTo(PRESSES.most - PRESSES.least + 1) }, () =>
      planPress(round > rounds - 8),
    ),
    killAtMs: upTo(ROUND_MS + 300),
    killStartAtMs: random() < 0.12 ? upTo(START_MS) : null,
  }));
}
