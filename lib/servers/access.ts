import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { answer, refuse } from "@/lib/http";

const hashOf = (text: string) => createHash("sha256").update(text).digest();

/**
 * Whether a request may use a door for machines, which asks for `Authorization: Bearer <secret>`: null when it may, otherwise
 * what it is answered. Without a secret in the environment there is no such door.
 */
export function refuseBearer(request: Request, secret: string | null): Response | null {
  if (secret === null) return refuse("not_found");
  const [, sent = ""] = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  // Hashes have one length, so that neither the length nor the beginning of the secret shows in the time this takes.
  if (timingSafeEqual(hashOf(sent), hashOf(secret))) return null;
  const refusal = answer({ error: "The bearer token is missing or wrong." }, 401);
  refusal.headers.set("WWW-Authenticate", "Bearer");
  return refusal;
}
