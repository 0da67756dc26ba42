import "server-only";
import { appError, ERROR_TEXT, type ErrorCode } from "@/lib/errors";
import { markLength } from "@/lib/lengths";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { isUnavailable } from "@/lib/unavailable";
import { hasAccess } from "@/lib/visitors/access";

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  no_access: 401,
  no_visitor: 401,
  not_found: 404,
  too_many_requests: 429,
  unavailable: 503,
};

/** When it is worth asking again while the database is away. */
export const RETRY_AFTER_SECONDS = 2;

/** JSON about a visitor's own things: never kept by anything between us. */
export function answer(body: unknown, status = 200): Response {
  return Response.json(body, {
    status,
    headers: { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" },
  });
}

/** An expected failure as a route tells it: its code, and the sentence a person can be shown. */
export function refuse(code: ErrorCode, status = STATUS_OF[code] ?? 400): Response {
  const refusal = answer({ error: appError(code, { message: ERROR_TEXT[code].title }) }, status);
  if (status === 503) refusal.headers.set("Retry-After", String(RETRY_AFTER_SECONDS));
  return refusal;
}

/** Whoever sent a body went away in the middle of it. Nobody waits for an answer, and nothing here is at fault. */
export class BrokenOffError extends Error {
  override name = "BrokenOffError";
}

/**
 * The text of a body; null for one of more than `maxBytes`, of which nothing beyond that was read. @throws {BrokenOffError}
 */
export async function readText({ body }: Pick<Request, "body">, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return null;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new BrokenOffError("The body broke off", { cause });
  }
  return Buffer.concat(chunks).toString();
}

type Handler<Sent extends Request, Rest extends unknown[]> = (request: Sent, ...rest: Rest) => Promise<Response>;

/**
 * Whether another site wrote this request. SameSite=Lax keeps the cookies from other sites, but not from a neighbour under the
 * same domain. Browsers say where a write comes from, programs say nothing; behind a proxy our own name is the one it was
 * asked for.
 */
export function isFromElsewhere({ method, headers }: Request): boolean {
  if (method === "GET" || method === "HEAD") return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  const names = [headers.get("host"), headers.get("x-forwarded-host")];
  return !URL.canParse(origin) || !names.includes(new URL(origin).host);
}

type RouteOptions = {
  /** "own": who may come in is checked by the handler itself, by a key, a signature or a code of its own. */
  access?: "own";
};

/**
 * Every route is made by this: `export const GET = route("/api/generations", async (request) => ...)`. It refuses writes of other
 * sites, asks for the access code, and counts what was answered. A database that is away is a 503; whatever else a handler throws is logged once, and
 * the caller gets one calm sentence.
 */
export function route<Rest extends unknown[], Sent extends Request = Request>(
  path: string,
  handler: Handler<Sent, Rest>,
  { access }: RouteOptions = {},
): Handler<Sent, Rest> {
  const answered: Handler<Sent, Rest> = async (request, ...rest) => {
    try {
      if (isFromElsewhere(request)) return refuse("no_visitor", 403);
      if (access !== "own" && !(await hasAccess())) return refuse("no_access");
      return await handler(request, ...rest);
    } catch (error) {
      if (isUnavailable(error)) return refuse("unavailable");
      if (error instanceof BrokenOffError) return new Response(null, { status: 400 });
      log.error({ event: "route_failed", path, method: request.method, err: error });
      return refuse("unavailable", 500);
    }
  };
  return async (request, ...rest) => {
    const { method } = request;
    const stop = metrics().requestSeconds.startTimer({ route: path, method });
    const response = await answered(request, ...rest);
    stop();
    metrics().requests.inc({ route: path, method, status: response.status });
    return markLength(response);
  };
}
