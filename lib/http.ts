import "server-only";
import { appError, ERROR_TEXT, type ErrorCode } from "@/lib/errors";

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
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
