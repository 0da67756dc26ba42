import "server-only";
import ipaddr from "ipaddr.js";

/** What counts wrong codes together: everybody, or one address. */
export type CodeLane = { scope: string; freeTries: number; maxWaitMs: number };

const FIRST_WAIT_MS = 1_000;
const MINUTE_MS = 60_000;
/** After this long without a try, wrong codes are forgotten. */
export const CODE_MEMORY_MS = 15 * MINUTE_MS;

// Whoever has the right code must not wait long for what somebody else tries, so for all together the wait stays short; who
// guesses from one address waits long.
const ALL: CodeLane = { scope: "code:all", freeTries: 20, maxWaitMs: 5_000 };
const perAddress = (address: string): CodeLane => ({
  scope: `code:${address}`,
  freeTries: 5,
  maxWaitMs: 5 * MINUTE_MS,
});

/** The lanes of a try. `address` null: nobody can say where it comes from. */
export const codeLanes = (address: string | null): CodeLane[] => (address ? [ALL, perAddress(address)] : [ALL]);

/** How long after its `wrong`-th wrong code in a row a lane takes the next one: nothing at first, then twice as long each time. */
export function waitAfter(wrong: number, { freeTries, maxWaitMs }: CodeLane): number {
  return wrong <= freeTries ? 0 : Math.min(maxWaitMs, FIRST_WAIT_MS * 2 ** Math.min(wrong - freeTries - 1, 30));
}

// Some proxies write the port behind the address, and then brackets around one of IPv6.
const WITH_PORT = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

/**
 * Where a request came from, by the last entry of X-Forwarded-For: the one that the proxy in front has written. What stands
 * before it, the client may have written itself. An IPv6 address counts by its /64, which is what one line is given. Null
 * for a header that is missing or holds no address. Only to be asked when TRUST_PROXY is set.
 */
export function addressOf(headers: Headers): string | null {
  const entry = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  const last = WITH_PORT.exec(entry)?.slice(1).join("") ?? entry;
  if (!ipaddr.isValid(last)) return null;
  const address = ipaddr.process(last);
  return address instanceof ipaddr.IPv6
    ? `${address.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(":")}::/64`
    : address.toString();
}
