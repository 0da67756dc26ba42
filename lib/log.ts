import "server-only";
import pino from "pino";

/** One JSON line an event on standard output. Never give it a prompt, a key, a cookie or a body. */
export const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
