import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/lib/env";
import { mintVisitor, readVisitor, VISITOR_COOKIE, VISITOR_COOKIE_SECONDS } from "@/lib/visitors/cookie";

/** Pages only: routes set their own headers, and a body over 10 MB must not pass through here (it would be cut). */
export const config = { matcher: ["/((?!api/|sandbox/|u/|_next/|sample/|icon.svg$|favicon.ico$).*)"] };

function contentSecurityPolicy(nonce: string): string {
  // React's development build needs eval to show where an error came from.
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export async function proxy(request: NextRequest) {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("Content-Security-Policy", policy);

  // Only a page load makes a visitor; an action or a fetch without a valid cookie is refused where it is handled.
  const isPageLoad = request.method === "GET" && !request.headers.has("next-action");
  const known = await readVisitor(request.cookies.get(VISITOR_COOKIE)?.value);
  const minted = isPageLoad && !known ? await mintVisitor() : null;
  if (minted) {
    request.cookies.set(VISITOR_COOKIE, minted);
    headers.set("cookie", request.cookies.toString());
  }

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("Referrer-Policy", "same-origin");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  if (minted) {
    response.cookies.set(VISITOR_COOKIE, minted, {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      maxAge: VISITOR_COOKIE_SECONDS,
      secure: env().publicUrl !== null,
    });
  }
  return response;
}
