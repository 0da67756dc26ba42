import "server-only";
import pino from "pino";

/**
 * Of an error only what says where and what it was: the database puts the row it refused, prompt and all, into fields of
 * its own.
 */
function toldOf(error: Error) {
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  return { type, message, stack, code };
}

/** One JSON line an event on standard output. Never give it a prompt, a key, a cookie or a body. */
export const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: toldOf } });
