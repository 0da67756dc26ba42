import "server-only";
import { appError, ERROR_TEXT, type ErrorCode } from "@/lib/errors";
import { log } from "@/lib/log";
import { hasAccess } from "@/lib/visitors/access";

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  no_access: 401,
  no_visitor: 401,
  not_found: 404,
  too_many_requests: 429,
  unavailable: 503,
};

/** JSON about a visitor's own things: never kept by anything between us. */
export function answer(body: unknown, status = 200): Response {
  return Response.json(body, {
    status,
    headers: { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" },
  });
}

/** An expected failure as a route tells it: its code, and the sentence a person can be shown. */
export function refuse(code: ErrorCode): Response {
  return answer({ error: appError(code, { message: ERROR_TEXT[code].title }) }, STATUS_OF[code] ?? 400);
}

type Handler<Sent extends Request, Rest extends unknown[]> = (request: Sent, ...rest: Rest) => Promise<Response>;

type RouteOptions = {
  /** "own": who may come in is checked by the handler itself, by a key, a signature or a code of its own. */
  access?: "own";
};

/**
 * Every route is made by this: `export const GET = route("/api/generations", async (request) => ...)`. It asks for the access
 * code first. What a handler throws is logged once, and the caller gets one calm sentence.
 */
export function route<Rest extends unknown[], Sent extends Request = Request>(
  path: string,
  handler: Handler<Sent, Rest>,
  { access }: RouteOptions = {},
): Handler<Sent, Rest> {
  return async (request, ...rest) => {
    try {
      if (access !== "own" && !(await hasAccess())) return refuse("no_access");
      return await handler(request, ...rest);
    } catch (error) {
      log.error({ event: "route_failed", path, method: request.method, err: error });
      return refuse("unavailable");
    }
  };
}
