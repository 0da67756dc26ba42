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

// The purpose stands before the text, so that a signature of one kind is none of another.
const sign = (purpose: "visitor" | "upload" | "access", text: string, key: string) =>
  createHmac("sha256", key).update(`${purpose}:${text}`).digest("base64url");

function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A signature that lets whoever shows it fetch one upload for one generation. The same text has the same one for ever. */
export const signUpload = async (text: string): Promise<string> => sign("upload", text, await secret());

/** Whether a signature is the one of this text. */
export const isUploadSignature = async (text: string, signature: string): Promise<boolean> =>
  isSame(await signUpload(text), signature);

/** A signature of what an access cookie stands for. */
export const signAccess = async (text: string): Promise<string> => sign("access", text, await secret());

/** Whether a signature is the one of this text. */
export const isAccessSignature = async (text: string, signature: string): Promise<boolean> =>
  isSame(await signAccess(text), signature);

/** A new visitor's cookie value: a random id and its signature. */
export async function mintVisitor(): Promise<string> {
  const id = randomBytes(ID_BYTES).toString("base64url");
  return `${id}.${sign("visitor", id, await secret())}`;
}

/** The owner that a cookie value stands for, as the database holds it; null when it is missing, malformed or forged. */
export async function readVisitor(cookie: string | undefined): Promise<string | null> {
  const [id, signature, ...rest] = cookie?.split(".") ?? [];
  if (!id || !signature || rest.length > 0) return null;
  if (!isSame(sign("visitor", id, await secret()), signature)) return null;
  // The database never holds what opens the door, only its hash.
  return createHash("sha256").update(id).digest("hex");
}

/** The owner of this request's cookie, in an action, a route or a page; null without a valid one. */
export async function getVisitor(): Promise<string | null> {
  return readVisitor((await cookies()).get(VISITOR_COOKIE)?.value);
}
