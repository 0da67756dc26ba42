import "server-only";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { cookies } from "next/headers";
import { env } from "@/lib/env";
import { appError } from "@/lib/errors";
import { log } from "@/lib/log";
import { err, ok, type Result } from "@/lib/result";
import { isUnavailable } from "@/lib/unavailable";
import { getVisitor, isAccessSignature, signAccess } from "@/lib/visitors/cookie";

export const ACCESS_COOKIE = "mv_access";
export const ACCESS_COOKIE_SECONDS = 30 * 24 * 60 * 60;

export const CODE_PAGE = "/access";

const RANDOM_BYTES = 16;

const hashOf = (text: string) => createHash("sha256").update(text).digest();

// The code's hash is in what is signed, so that the cookie ends when the code is changed.
const signedText = (until: string, random: string, code: string) =>
  `${until}.${random}.${hashOf(code).toString("base64url")}`;

/** A cookie value for whoever has given the code: good for `ACCESS_COOKIE_SECONDS`, and for as long as the code is the same. */
export async function mintAccess(code: string, now: number): Promise<string> {
  const until = String(now + ACCESS_COOKIE_SECONDS * 1000);
  const random = randomBytes(RANDOM_BYTES).toString("base64url");
  return `${until}.${random}.${await signAccess(signedText(until, random, code))}`;
}

/** Whether a cookie value opens the door today; always when this playground has no code. */
export async function isAccess(cookie: string | undefined, now = Date.now()): Promise<boolean> {
  const { accessCode } = env();
  if (accessCode === null) return true;
  const [until, random, signature, ...rest] = cookie?.split(".") ?? [];
  if (!until || !random || !signature || rest.length > 0 || !/^\d{1,15}$/.test(until)) return false;
  return (await isAccessSignature(signedText(until, random, accessCode), signature)) && Number(until) > now;
}

/** Whether this request, in an action, a route or a page, comes from somebody who has given the code. */
export async function hasAccess(): Promise<boolean> {
  return env().accessCode === null || isAccess((await cookies()).get(ACCESS_COOKIE)?.value);
}

/** Whether this is the access code. It takes as long whatever is wrong with it. */
export function isCode(text: string): boolean {
  const { accessCode } = env();
  return accessCode !== null && timingSafeEqual(hashOf(text.trim()), hashOf(accessCode));
}

/** The path of a page here that a text names; the front page for everything else, other sites above all. */
export function safePath(text: unknown): string {
  const here = "http://playground.invalid";
  if (typeof text !== "string" || !text.startsWith("/") || !URL.canParse(text, here)) return "/";
  const { origin, pathname, search } = new URL(text, here);
  // A path may come out with two slashes in front, which would name a host when it is read again.
  return origin === here && !pathname.startsWith("//") && pathname !== CODE_PAGE ? `${pathname}${search}` : "/";
}

/** Where a page sends who has to give the code first. */
export const codePage = (path: string): string => `${CODE_PAGE}?${new URLSearchParams({ to: safePath(path) })}`;

/** Every page but the code page begins with this: proxy.ts has asked before, but what a page shows must not hang on a path. */
export async function requireAccess(path: string): Promise<void> {
  if (await hasAccess()) return;
  // Only where it is needed: routes take their answers from here too, and their tests know nothing of React's contexts.
  const { redirect } = await import("next/navigation");
  redirect(codePage(path));
}

/** Who asks for an action: a visitor who may come in, or why not. */
async function whoActs(): Promise<Result<string>> {
  if (!(await hasAccess())) return err(appError("no_access"));
  const owner = await getVisitor();
  return owner ? ok(owner) : err(appError("no_visitor"));
}

/**
 * Every server action goes through this, because an action can be posted to any page, the code page too: it asks for the code
 * and for a visitor by itself. `name` is what the log calls it. A database that is away is `unavailable`; what else `work`
 * throws is logged once and thrown.
 */
export async function asVisitor<T>(name: string, work: (owner: string) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    const who = await whoActs();
    return who.ok ? await work(who.value) : who;
  } catch (error) {
    if (isUnavailable(error)) return err(appError("unavailable"));
    log.error({ event: "action_failed", action: name, err: error });
    throw error;
  }
}
