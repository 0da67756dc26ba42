import { expect, test } from "vitest";
import { networkError, parseRefusal, refusalCode } from "@/lib/mindvideo/errors";

test.each([
  [400, null, null, "bad_request"],
  [401, null, "content policy", "key_refused"],
  [402, null, "insufficient balance", "no_credit"],
  [403, null, "not allowed", "forbidden"],
  [404, null, null, "model_gone"],
  [409, null, null, "conflict"],
  [413, null, null, "refused"],
  [415, null, null, "refused"],
  [422, null, "duration violates maximum", "refused"],
  [418, null, null, "bad_request"],
  [422, "content_moderated", null, "moderated"],
  [400, "content_policy_violation", null, "moderated"],
  [403, null, "Your prompt was flagged by our moderation system", "moderated"],
  [400, null, "The request was rejected by the safety system", "moderated"],
  [422, "NSFW", null, "moderated"],
  [400, null, "Prompt contains sensitive content", "moderated"],
])("%i %j %j is %s", (status, code, message, expected) => {
  expect(refusalCode(status, code, message)).toBe(expected);
});

test.each([
  [{ error: "Too long", field: "prompt" }, null, "Too long", "prompt"],
  [{ error: { code: "invalid", message: "Too long", param: "input.prompt" } }, "invalid", "Too long", "prompt"],
  [
    { error: { type: "invalid_request", message: "Bad", path: ["input", "duration"] } },
    "invalid_request",
    "Bad",
    "duration",
  ],
  [{ code: 1001, message: "Bad", errors: [{ field: "/input/image_urls/0" }] }, "1001", "Bad", "image_urls"],
  [{ detail: [{ loc: ["body", "input", "image_urls", 1], msg: "not a URL" }] }, null, "not a URL", "image_urls"],
  [{ message: "Bad", details: { field: "input.image_urls[0].url" } }, null, "Bad", "image_urls"],
  [{ error: { message: "Bad", details: [{ field: "seed" }] } }, null, "Bad", "seed"],
  [{ fail_reason: "No GPU" }, null, "No GPU", null],
  [{ error: { message: "line one\n\tline\u0007 two\u0000" } }, null, "line one line two", null],
  ["just words", null, "just words", null],
  [{}, null, null, null],
  [[], null, null, null],
  [null, null, null, null],
  [{ error: true, message: 7, field: { a: 1 } }, null, null, null],
])("a refusal's body %j", (body, code, reason, field) => {
  expect(parseRefusal(body)).toEqual({ code, reason, field });
});

test("a reason is cut to 500 characters, never through the middle of one", () => {
  const { reason } = parseRefusal({ error: `${"a".repeat(499)}\u{1F600}` });
  expect(reason).toBe("a".repeat(499));
});

const thrown = (cause: unknown) => new TypeError("fetch failed", { cause });
const coded = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });

test.each([
  [coded("ENOTFOUND", "getaddrinfo"), false],
  [coded("EAI_AGAIN", "getaddrinfo"), false],
  [coded("ECONNREFUSED", "connect"), false],
  [coded("EHOSTUNREACH", "connect"), false],
  [coded("UND_ERR_CONNECT_TIMEOUT"), false],
  [coded("CERT_HAS_EXPIRED"), false],
  [new AggregateError([coded("ECONNREFUSED", "connect"), coded("ENETUNREACH", "connect")]), false],
  [new AggregateError([coded("ECONNREFUSED", "connect"), coded("ECONNRESET", "read")]), true],
  [new AggregateError([]), true],
  [coded("EHOSTUNREACH", "read"), true],
  [coded("ECONNRESET", "read"), true],
  [coded("EPIPE", "write"), true],
  [coded("UND_ERR_SOCKET"), true],
  [undefined, true],
])("%s may have arrived: %s", (cause, expected) => {
  expect(networkError(thrown(cause)).mayHaveArrived).toBe(expected);
});

test("nothing of what was thrown comes along but the system's code", () => {
  const error = networkError(
    thrown(Object.assign(new Error("Bearer mv_live_secret"), { code: "Bearer mv_live_secret" })),
  );
  expect(error.code).toBeNull();
  expect(error.cause).toBeUndefined();
  expect(error.message).toBe("MindVideo could not be reached.");
});
