import "server-only";
import type { ErrorCode } from "@/lib/errors";

type Details = {
  /** `http`: a clear answer that is no success. `malformed`: a success that cannot be read. */
  kind: "http" | "network" | "timeout" | "malformed";
  status: number | null;
  /** MindVideo's own code, or the system's for a connection that failed. */
  code: string | null;
  /** What MindVideo said, at most 500 characters, without control characters. */
  reason: string | null;
  /** The top-level input field the refusal is about. */
  field: string | null;
  requestId: string | null;
  /** What Retry-After asked for, two minutes at most. */
  retryAfterMs: number | null;
  /** False only where MindVideo certainly took nothing. */
  mayHaveArrived: boolean;
};

const MESSAGE: Record<Details["kind"], string> = {
  http: "MindVideo answered with an error",
  network: "MindVideo could not be reached",
  timeout: "MindVideo did not answer in time",
  malformed: "MindVideo gave an answer that cannot be read",
};

/** The one error of this folder. It never holds the key, the body of a request, or a cause that might. */
export class MindVideoError extends Error {
  override name = "MindVideoError";
  readonly kind: Details["kind"];
  readonly status: number | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly field: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly mayHaveArrived: boolean;

  constructor(details: Partial<Details> & Pick<Details, "kind" | "mayHaveArrived">) {
    const hint = [details.status, details.code].filter((part) => part != null).join(", ");
    super(`${MESSAGE[details.kind]}${hint ? ` (${hint})` : ""}.`);
    this.kind = details.kind;
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.reason = details.reason ?? null;
    this.field = details.field ?? null;
    this.requestId = details.requestId ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.mayHaveArrived = details.mayHaveArrived;
  }
}

// Failures before a request could leave this machine: the name, the connection, the certificate.
const NEVER_LEFT = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT"]);
const NEVER_LEFT_WHILE_CONNECTING = new Set(["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EADDRNOTAVAIL"]);
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER))/;

const neverLeft = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverLeft);
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (typeof code !== "string") return false;
  return (
    NEVER_LEFT.has(code) || CERTIFICATE.test(code) || (syscall === "connect" && NEVER_LEFT_WHILE_CONNECTING.has(code))
  );
};

/** Turns what `fetch` threw into our error. Only the system's code is kept: a cause may quote headers. */
export function networkError(thrown: unknown): MindVideoError {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = (cause as { code?: unknown } | null)?.code;
  return new MindVideoError({
    kind: "network",
    code: typeof code === "string" && /^[A-Z0-9_]{1,40}$/.test(code) ? code : null,
    mayHaveArrived: !neverLeft(cause),
  });
}

/** Whether a status leaves open that a task was made: a clear refusal does not, a "see other" or a broken server does. */
export const statusMayHaveArrived = (status: number): boolean =>
  status === 303 || status === 408 || status < 300 || status >= 500;

// The vendor documents no codes, so a refusal by its filter can only be known by its words.
const MODERATION =
  /moderat|nsfw|sensitive[ _-]?(content|word|information)|(content|usage|safety)[ _-]?(policy|policies|filter|violation|safety|checker?)|policy[ _-]?violation|violates? (our|the|content|usage|safety)\b.*polic|(inappropriate|prohibited|unsafe|explicit)[ _-]?(content|prompt|image|material)|\bsafety (system|filter|reasons?)\b/i;

const BY_STATUS: Record<number, ErrorCode> = {
  400: "bad_request",
  401: "key_refused",
  402: "no_credit",
  403: "forbidden",
  404: "model_gone",
  409: "conflict",
  413: "refused",
  415: "refused",
  422: "refused",
};

/** The playground's code for a refused submission, from its status and, for the content filter, MindVideo's own words. */
export function refusalCode(status: number, code: string | null, message: string | null): ErrorCode {
  const decidedByStatus = status === 401 || status === 402 || status === 404 || status === 409;
  if (!decidedByStatus && (MODERATION.test(code ?? "") || MODERATION.test(message ?? ""))) return "moderated";
  return BY_STATUS[status] ?? "bad_request";
}

export type Json = Record<string, unknown>;

export const MAX_TEXT = 500;
export const MAX_NAME = 100;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes out what no database keeps whole: NUL and lone surrogates. */
export const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, "");

/** A person's sentence from a vendor's string: one line, no control characters, cut to `max`. Null when nothing is left. */
export function sentence(value: unknown, max: number): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const line = String(value)
    .replace(/\p{Cc}+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  // Cutting may split a surrogate pair.
  return storable(line.slice(0, max)).trim() || null;
}

/** Why something was refused or failed, wherever the body says it. Null when it says nothing readable. */
export function parseReason(body: unknown): string | null {
  if (typeof body === "string") return sentence(body, MAX_TEXT);
  if (Array.isArray(body)) return parseReason(body[0]);
  if (!isObject(body)) return null;
  for (const key of ["error", "message", "fail_reason", "msg", "detail", "details", "errors", "reason"]) {
    const reason = parseReason(body[key]);
    if (reason) return reason;
  }
  return null;
}

function fieldOfPath(path: unknown): string | null {
  const segments = Array.isArray(path) ? path : typeof path === "string" ? path.split(/[./[\]]+/) : [];
  const names = segments.filter((segment) => typeof segment === "string" && /^[\w-]{1,64}$/.test(segment));
  while (["body", "input", "$", "data", "params"].includes(names[0])) names.shift();
  return names[0] ?? null;
}

function parseField(body: unknown): string | null {
  if (Array.isArray(body)) return parseField(body[0]);
  if (!isObject(body)) return null;
  for (const key of ["field", "param", "path", "loc"]) {
    const field = fieldOfPath(body[key]);
    if (field) return field;
  }
  for (const key of ["error", "errors", "detail", "details"]) {
    const field = parseField(body[key]);
    if (field) return field;
  }
  return null;
}

/** What a refusal's body says; every part null when it does not. `field` is the top-level input field ("input.prompt" is "prompt"). */
export function parseRefusal(body: unknown): Pick<Details, "code" | "reason" | "field"> {
  const top = isObject(body) ? body : {};
  const inner = isObject(top.error) ? top.error : {};
  return {
    code: sentence(inner.code ?? top.code ?? inner.type ?? top.error_code, MAX_NAME),
    reason: parseReason(body),
    field: parseField(body),
  };
}
