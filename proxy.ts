import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { THEME_COOKIE, toTheme } from "@/components/playground/theme";
import { env } from "@/lib/env";
import { isFromElsewhere, refuse } from "@/lib/http";
import { isReadablePath, type Unreadable, unreadablePost } from "@/lib/readable";
import { isDatabaseThere } from "@/lib/servers/data";
import { awayPage } from "@/lib/servers/handler";
import { isUnavailable } from "@/lib/unavailable";
import { ACCESS_COOKIE, CODE_PAGE, codePage, isAccess } from "@/lib/visitors/access";
import { mintVisitor, readVisitor, VISITOR_COOKIE, VISITOR_COOKIE_SECONDS } from "@/lib/visitors/cookie";

/**
 * Pages only: routes set their own headers, and a body over 10 MB must not pass through here (it would be cut). Of the routes, those
 * addresses with a percent sign come here too: no file goes to such a one, and Next answers 500 where it cannot be decoded. And
 * whatever is posted as an action, wherever to: where nothing is, Next still calls it, for its page that says so.
 */
export const config = {
  matcher: [
    "/((?!api/|sandbox/|u/|metrics$|_next/|sample/|icon.svg$|favicon.ico$).*)",
    "/(api|sandbox|u)/(.*%.*)",
    { source: "/(.*)", has: [{ type: "header", key: "next-action" }] },
    { source: "/(.*)", has: [{ type: "header", key: "content-type", value: "multipart/form-data.*" }] },
  ],
};

const ROUTE = /^\/(api|sandbox|u)\//;

function unreadable(status: Unreadable): Response {
  const why = status === 413 ? "What was sent is longer than any action takes." : "What was sent cannot be read.";
  return new Response(`${why} Nothing was done.\n`, { status, headers: { "Cache-Control": "no-store" } });
}

function contentSecurityPolicy(nonce: string): string {
  // React's development build needs eval to show where an error came from.
  const { isDevelopment, uploadThing } = env();
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${uploadThing ? ` ${uploadThing.ingestSource}` : ""}${isDevelopment ? " ws:" : ""}`,
    // Pictures are made ready in a worker, whose script is ours like any other.
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Where to send a request that has not given the access code; null for one that may go on. */
async function wayToCode(request: NextRequest): Promise<URL | null> {
  const { pathname, search } = request.nextUrl;
  // An action refuses by itself, in words its page can show.
  const isAction = request.method === "POST" && request.headers.has("next-action");
  if (pathname === CODE_PAGE || isAction || (await isAccess(request.cookies.get(ACCESS_COOKIE)?.value))) return null;
  return new URL(codePage(`${pathname}${search}`), request.nextUrl);
}

/** While the database is away a page is a plain 503, and so is an action: the page that sent it keeps it, and tries again. */
export async function proxy(request: NextRequest) {
  const { pathname } = request.nextUrl;
  if (!isReadablePath(pathname)) return unreadable(400);
  const wrong = request.method === "POST" ? await unreadablePost(request) : null;
  if (wrong) return unreadable(wrong);
  if (ROUTE.test(pathname)) return isFromElsewhere(request) ? refuse("no_visitor", 403) : NextResponse.next();
  const isPage = !request.headers.has("next-action") && ["GET", "HEAD"].includes(request.method);
  const theme = toTheme(request.cookies.get(THEME_COOKIE)?.value);
  try {
    if (isPage && !(await isDatabaseThere())) return awayPage(theme);
    return await admit(request);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return isPage ? awayPage(theme) : refuse("unavailable");
  }
}

async function admit(request: NextRequest) {
  // Next compares Origin and Host for an action, but lets "null" pass, which is what a neighbour can send if it likes.
  if (isFromElsewhere(request)) return refuse("no_visitor", 403);
  const away = await wayToCode(request);
  // 303: what was posted must not be posted to the code page.
  if (away) return NextResponse.redirect(away, request.method === "GET" || request.method === "HEAD" ? 307 : 303);

  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("Content-Security-Policy", policy);
  // With these headers Next asks itself for the page that an action leads to, and Node's fetch sends no such one.
  headers.delete("upgrade");

  // Only a page load makes a visitor; an action or a fetch without a valid cookie is refused where it is handled.
  const isPageLoad = request.method === "GET" && !request.headers.has("next-action");
  const sent = request.cookies.get(VISITOR_COOKIE)?.value;
  const isKnown = (await readVisitor(sent)) !== null;
  const visitor = isKnown ? sent : isPageLoad ? await mintVisitor() : undefined;
  if (visitor && !isKnown) {
    request.cookies.set(VISITOR_COOKIE, visitor);
    headers.set("cookie", request.cookies.toString());
  }

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  // Given anew with every page, so that who comes back within its 400 days keeps what is theirs.
  if (visitor && isPageLoad) {
    response.cookies.set(VISITOR_COOKIE, visitor, {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: VISITOR_COOKIE_SECONDS,
      secure: env().publicUrl !== null,
    });
  }
  return response;
}
