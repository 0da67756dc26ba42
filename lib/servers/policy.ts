const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How often a server says that it lives. */
export const HEARTBEAT_MS = 5 * SECOND;

/** A server that has said nothing for this long is dead. Several times the heartbeat: one that is busy is not. */
export const LIVE_MS = 30 * SECOND;

/** How long the row of a dead server is kept. */
export const FORGET_MS = 10 * MINUTE;

/** How long a server that starts waits for a database that is away. */
export const START_WAIT_MS = MINUTE;

/** How long a server that is told to stop may take for what it has begun. Outlasts a send and the events after it. */
export const STOP_WAIT_MS = 25 * SECOND;

/** How often a server looks for rows nobody is reading. Slow on purpose: a page that is open asks by itself. */
export const SWEEP_MS = 5 * SECOND;

/** How long `/api/sweep` works before it answers. Whoever calls it gives up after half a minute or so. */
export const SWEEP_ANSWER_MS = 20 * SECOND;
