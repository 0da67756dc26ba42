import "server-only";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { cookies } from "next/headers";
import { env } from "@/lib/env";
import { findSetting } from "@/lib/visitors/data";
import { createSetting } from "@/lib/visitors/mutations";

export const VISITOR_COOKIE = "mv_visitor";
export const VISITOR_COOKIE_SECONDS = 400 * 24 * 60 * 60;

const SECRET_SETTING = "session_secret";
const ID_BYTES = 16;

let madeSecret: string | undefined;

/** The secret that signs cookies: SESSION_SECRET, or one made once and kept in the database. */
async function secret(): Promise<string> {
  const given = env().sessionSecret;
  if (given) return given;
  if (!madeSecret) {
    await createSetting(SECRET_SETTING, randomBytes(32).toString("base64url"));
    madeSecret = (await findSetting(SECRET_SETTING)) ?? undefined;
    if (!madeSecret) throw new Error("The session secret could not be stored");
  }
  return madeSecret;
}

const sign = (id: string, key: string) => createHmac("sha256", key).update(`visitor:${id}`).digest("base64url");

/** A new visitor's cookie value: a random id and its signature. */
export async function mintVisitor(): Promise<string> {
  const id = randomBytes(ID_BYTES).toString("base64url");
  return `${id}.${sign(id, await secret())}`;
}

/** The owner that a cookie value stands for, as the database holds it; null when it is missing, malformed or forged. */
export async function readVisitor(cookie: string | undefined): Promise<string | null> {
  const [id, signature, ...rest] = cookie?.split(".") ?? [];
  if (!id || !signature || rest.length > 0) return null;
  const expected = Buffer.from(sign(id, await secret()));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  // The database never holds what opens the door, only its hash.
  return createHash("sha256").update(id).digest("hex");
}

/** The owner of this request's cookie, in an action, a route or a page; null without a valid one. */
export async function getVisitor(): Promise<string | null> {
  return readVisitor((await cookies()).get(VISITOR_COOKIE)?.value);
}
