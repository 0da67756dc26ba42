import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{22}$/;

/**
 * On every answer to somebody who shows a token, and on the page itself: the address with the token in it is told to no
 * other site, found by no search, and what it opens is kept by nobody on the way.
 */
export const SHARED_HEADERS = {
  "Referrer-Policy": "no-referrer",
  "X-Robots-Tag": "noindex, nofollow",
  "Cache-Control": "private, no-store",
} as const;

/** A new token of 128 random bits, to be shown once. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** What the database keeps of a token: it opens nothing. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Whether `token`, as it was sent, is the one with this hash; compared in constant time. False without either. */
export function isToken(token: string | null, hash: string | null): boolean {
  if (token === null || hash === null || !TOKEN.test(token)) return false;
  const [given, kept] = [Buffer.from(hashToken(token), "hex"), Buffer.from(hash, "hex")];
  return given.length === kept.length && timingSafeEqual(given, kept);
}
