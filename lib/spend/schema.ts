/** Who answers, and so whose money it is: that of the sandbox is counted apart. */
export type Upstream = "mindvideo" | "sandbox";

/**
 * One limit as it stands today, in millionths of MindVideo's unit. `reserved` is held for what is running. `left` is never
 * below 0; `spent` can be above `limit` when what was running cost more than was reserved for it.
 */
export type Left = { limit: number; spent: number; reserved: number; left: number };

/** What a new generation will cost: what the same settings cost last (`same`), or the most this model ever did (`highest`). */
export type ExpectedCost = { cost: number; basis: "same" | "highest" };

/**
 * The answer of `GET /api/spend?model=<slug>&like=<settingsOf>`. `expected` is null while no price of the model is known; a
 * `left` is null where no limit is set. `resetsAt`, in milliseconds since 1970, is when both begin anew.
 */
export type SpendView = {
  expected: ExpectedCost | null;
  left: { all: Left | null; visitor: Left | null };
  resetsAt: number;
};

/** What may be spent in a UTC day, in millionths; null is no limit. */
export type SpendLimits = { all: number | null; visitor: number | null };
