/** What became of a try at the code page. `tries` goes up with each, so that the same answer twice is seen as two. */
export type CodeAnswer = {
  problem: "empty" | "wrong" | "wait" | "unavailable" | null;
  /** How long until the next try is taken; 0 when it may come at once. */
  waitSeconds: number;
  tries: number;
};
