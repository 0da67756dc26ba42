import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Fault, startVendor, type Vendor } from "@/e2e/fixtures/vendor";
import { VENDOR_KEY } from "@/e2e/fixtures/vendor-requests";
import { createMindVideo } from "@/lib/mindvideo/client";
import { MindVideoError } from "@/lib/mindvideo/errors";
import { buildTaskBody, payloadHash } from "@/lib/mindvideo/request";
import { isRetryable, retryDelayMs } from "@/lib/mindvideo/retry";

// Only for what never answers: a busy machine may take its time for everything else.
const SHORT = { timeouts: { submitMs: 500, pollMs: 500, eventsMs: 500 } };
const PROMPT = "a lighthouse in fog \u{1F32B} 雾";
const BODY = buildTaskBody("viduq3-pro", { prompt: PROMPT, duration: 5, audio: false });

let vendor: Vendor;
beforeAll(async () => {
  vendor = await startVendor({ settings: { queuedMs: 0, finishedMs: 0 } });
});
afterEach(() => {
  vendor.clear();
  vi.useRealTimers();
});
afterAll(() => vendor.close());

const clientOf = (options: Partial<Parameters<typeof createMindVideo>[0]> = {}) =>
  createMindVideo({
    baseUrl: vendor.baseUrl,
    apiKey: VENDOR_KEY,
    fetch: (request) => fetch(request),
    warn: (message) => expect.unreachable(message),
    ...options,
  });

let keys = 0;
const newKey = () => `client-test-${keys++}`;
const charges = (key: string) => vendor.ledger().filter((charge) => charge.key === key).length;

async function failureOf(attempt: Promise<unknown>): Promise<MindVideoError> {
  const error = await attempt.then(
    () => expect.unreachable("it should have failed"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MindVideoError)) throw error;
  return error;
}

/** Every way an error can end in a log or an answer. */
const everyFace = (error: MindVideoError) =>
  [
    JSON.stringify(error),
    JSON.stringify(Object.getOwnPropertyDescriptors(error)),
    inspect(error, { depth: 10, showHidden: true }),
    String(error),
    error.stack,
    inspect(error.cause),
  ].join("\n");

test("a submission sends exactly the bytes it was given, with key and Idempotency-Key", async () => {
  const key = newKey();
  const task = await clientOf().submit(BODY, key);
  const [seen] = vendor.requests("submit").slice(-1);
  expect(seen?.body).toBe(BODY);
  expect(seen?.sha256).toBe(payloadHash(BODY));
  expect(seen?.headers).toMatchObject({
    authorization: "the right key",
    "idempotency-key": key,
    "content-type": "application/json",
  });
  expect(task).toMatchObject({ taskId: expect.stringMatching(/^task_/), requestId: expect.stringMatching(/^req_/) });
  expect(task.costEstimate).toBe(675_000);
});

test("a task and its file", async () => {
  const client = clientOf();
  const { taskId } = await client.submit(BODY, newKey());
  const task = await client.task(taskId);
  expect(task).toMatchObject({ taskId, status: "succeeded", costActual: 675_000, reason: null });
  const url = task.outputs[0]?.url ?? "";
  const headers = new Headers({ Range: "bytes=4-7", Cookie: "not=passed" });
  const file = await client.output(url, headers, new AbortController().signal);
  expect(file.status).toBe(206);
  expect(await file.text()).toBe("ftyp");
  const [seen] = vendor.requests("output").slice(-1);
  expect(seen?.headers.authorization).toBeUndefined();
  expect(seen?.headers.cookie).toBeUndefined();
});

test("a file elsewhere goes through the guard", async () => {
  const open = (url: string) => clientOf().output(url, new Headers(), new AbortController().signal);
  expect(await failureOf(open("http://127.0.0.1:1/a.mp4"))).toMatchObject({ kind: "network", code: "not_https" });
  expect(await failureOf(open("https://10.0.0.1/a.mp4"))).toMatchObject({ kind: "network", code: "private_address" });
});

type Expected = Partial<MindVideoError> & { isRetryable: boolean; charges: number; delayMs?: number };
const refused = { kind: "http", mayHaveArrived: false, isRetryable: false, charges: 0 } as const;
const unclear = { mayHaveArrived: true, isRetryable: true, delayMs: 1_000 } as const;

const FAULTS: [string, Fault, Expected][] = [
  ["400", { status: 400, body: { error: "Bad" } }, { ...refused, status: 400, reason: "Bad" }],
  ["401", { status: 401 }, { ...refused, status: 401 }],
  ["402", { status: 402, body: { message: "No credit" } }, { ...refused, status: 402, reason: "No credit" }],
  ["403", { status: 403 }, { ...refused, status: 403 }],
  ["404", { status: 404 }, { ...refused, status: 404 }],
  ["409", { status: 409 }, { ...refused, status: 409 }],
  [
    "422 for a field",
    {
      status: 422,
      headers: { "X-Request-Id": "req_x" },
      body: { error: { code: "bad", message: "Long", param: "input.prompt" } },
    },
    { ...refused, status: 422, code: "bad", reason: "Long", field: "prompt", requestId: "req_x" },
  ],
  [
    "a refusal in plain words",
    { status: 400, headers: { "Content-Type": "text/plain" }, body: "No." },
    { ...refused, reason: "No." },
  ],
  [
    "a refusal in HTML",
    { status: 403, headers: { "Content-Type": "text/html" }, body: "<h1>No" },
    { ...refused, reason: null },
  ],
  ["a refusal cut short", { status: 402, cut: "body" }, { ...refused, status: 402, reason: null }],
  ["429", { status: 429 }, { ...refused, status: 429, isRetryable: true, delayMs: 1_000 }],
  [
    "429 with seconds",
    { status: 429, headers: { "Retry-After": "7" } },
    { ...refused, isRetryable: true, delayMs: 7_000 },
  ],
  [
    "429 with a date",
    { status: 429, headers: { "Retry-After": "Sun, 22 Nov 2026 12:00:09 GMT" } },
    { ...refused, isRetryable: true, delayMs: 9_000 },
  ],
  [
    "429 with an hour",
    { status: 429, headers: { "Retry-After": "3600" } },
    { ...refused, isRetryable: true, delayMs: 120_000 },
  ],
  ["408", { status: 408 }, { ...unclear, kind: "http", status: 408, charges: 0 }],
  ["500", { status: 500 }, { ...unclear, kind: "http", status: 500, charges: 0 }],
  [
    "502 after the task was made",
    { status: 502, makeTask: true, body: "<html>" },
    { ...unclear, kind: "http", status: 502, charges: 1 },
  ],
  [
    "503",
    { status: 503, headers: { "Retry-After": "3" } },
    { ...unclear, kind: "http", status: 503, charges: 0, delayMs: 3_000 },
  ],
  ["a hang", { hang: true }, { ...unclear, kind: "timeout", charges: 0 }],
  ["a hang after the task was made", { hang: true, makeTask: true }, { ...unclear, kind: "timeout", charges: 1 }],
  ["an answer too late", { delayMs: 900 }, { ...unclear, kind: "timeout", charges: 1 }],
  ["a cut", { cut: true }, { ...unclear, kind: "network", charges: 0 }],
  ["a cut after the task was made", { cut: true, makeTask: true }, { ...unclear, kind: "network", charges: 1 }],
  ["a body cut short", { cut: "body", makeTask: true }, { ...unclear, kind: "network", charges: 1 }],
  [
    "not JSON",
    { status: 200, body: "<html>", makeTask: true },
    { ...unclear, kind: "malformed", status: 200, charges: 1 },
  ],
  ["an empty body", { status: 202, body: "", makeTask: true }, { ...unclear, kind: "malformed", charges: 1 }],
  ["another shape", { body: { hello: 1 }, makeTask: true }, { ...unclear, kind: "malformed", charges: 1 }],
  ["no task id", { omit: ["task_id"] }, { ...unclear, kind: "malformed", charges: 1 }],
  [
    "a refusal that says it went well",
    { body: { error: "Busy" } },
    { ...unclear, kind: "malformed", reason: "Busy", charges: 0 },
  ],
  ["a list", { body: [], makeTask: true }, { ...unclear, kind: "malformed", charges: 1 }],
  [
    "two megabytes",
    { body: { task_id: "t", padding: "a".repeat(2_000_000) }, makeTask: true },
    { ...unclear, kind: "malformed", charges: 1 },
  ],
  [
    "a redirect",
    { status: 307, headers: { Location: "/api/v1/tasks" } },
    { kind: "http", status: 307, mayHaveArrived: false, isRetryable: false, charges: 0 },
  ],
];

test.each(FAULTS)("submit: %s", async (_name, fault, expected) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 22, 12) });
  const key = newKey();
  const before = vendor.requests("submit").length;
  vendor.next(fault);
  const isSilent = fault.hang || fault.delayMs;
  const error = await failureOf(clientOf(isSilent ? SHORT : {}).submit(BODY, key));
  const { isRetryable: canRetry, charges: charged, delayMs, ...fields } = expected;
  expect(error).toMatchObject(fields);
  expect(isRetryable(error)).toBe(canRetry);
  if (delayMs) expect(retryDelayMs(error, 1, () => 0.5)).toBe(delayMs);
  expect(vendor.requests("submit"), "one call is one attempt").toHaveLength(before + 1);
  expect(charges(key)).toBe(charged);
  expect(everyFace(error)).not.toContain(VENDOR_KEY);
  expect(everyFace(error)).not.toContain("lighthouse");

  const task = await clientOf().submit(BODY, key);
  expect(charges(key), "the same key and bytes again end in one charge").toBe(1);
  expect(vendor.ledger().find((charge) => charge.key === key)?.taskId).toBe(task.taskId);
});

test("other bytes under a used key are a conflict", async () => {
  const key = newKey();
  await clientOf().submit(BODY, key);
  const error = await failureOf(clientOf().submit(buildTaskBody("viduq3-pro", { prompt: "other" }), key));
  expect(error).toMatchObject({ kind: "http", status: 409, code: "idempotency_conflict", mayHaveArrived: false });
});

test("a vendor that is down, and a name that does not exist, cannot have got anything", async () => {
  // One nobody has spoken to: a connection kept alive would be cut, and a cut may have come too late.
  const gone = await startVendor();
  await gone.close();
  const down = await failureOf(clientOf({ baseUrl: gone.baseUrl }).submit(BODY, newKey()));
  expect(down).toMatchObject({ kind: "network", code: "ECONNREFUSED", mayHaveArrived: false });
  const nowhere = clientOf({ baseUrl: "http://vendor.invalid/api/v1" });
  expect(await failureOf(nowhere.submit(BODY, newKey()))).toMatchObject({ kind: "network", mayHaveArrived: false });
  expect(isRetryable(down)).toBe(true);
});

test("a key that is no header value sends nothing, and is not quoted", async () => {
  const apiKey = "mv_live_\u043a\u043b\u044e\u0447";
  const error = await failureOf(clientOf({ apiKey }).submit(BODY, newKey()));
  expect(error).toMatchObject({ kind: "network", code: "INVALID_REQUEST", mayHaveArrived: false });
  expect(everyFace(error)).not.toContain(apiKey);
});

test("time runs out for a handler in this process too, which may ignore the signal", async () => {
  const client = clientOf({ ...SHORT, fetch: () => new Promise(() => {}) });
  expect(await failureOf(client.submit(BODY, newKey()))).toMatchObject({ kind: "timeout", mayHaveArrived: true });
});

test("a vendor that quotes the key back does not get it shown", async () => {
  vendor.next({
    status: 401,
    headers: { "X-Request-Id": VENDOR_KEY },
    body: { error: { code: VENDOR_KEY, message: `Key ${VENDOR_KEY} is not valid`, param: VENDOR_KEY } },
  });
  const error = await failureOf(clientOf().submit(BODY, newKey()));
  expect(error.reason).toBe("Key [key] is not valid");
  expect(everyFace(error)).not.toContain(VENDOR_KEY);
});

test.each([
  ["401", { status: 401 }, { kind: "http", status: 401 }, false],
  ["403", { status: 403 }, { kind: "http", status: 403 }, false],
  ["404", { status: 404 }, { kind: "http", status: 404 }, false],
  ["429", { status: 429, headers: { "Retry-After": "2" } }, { kind: "http", status: 429, retryAfterMs: 2_000 }, true],
  ["500", { status: 500 }, { kind: "http", status: 500 }, true],
  ["a hang", { hang: true }, { kind: "timeout" }, true],
  ["a cut", { cut: true }, { kind: "network" }, true],
  ["a cut body", { cut: "body" }, { kind: "network" }, true],
  ["not JSON", { body: "<html>" }, { kind: "malformed" }, true],
  ["another shape", { body: { hello: 1 } }, { kind: "malformed" }, true],
] satisfies [string, Fault, Partial<MindVideoError>, boolean][])(
  "poll: %s",
  async (_name, fault, expected, canRetry) => {
    const client = clientOf();
    const { taskId } = await client.submit(BODY, newKey());
    vendor.next({ ...fault, on: "task" });
    const error = await failureOf(("hang" in fault ? clientOf(SHORT) : client).task(taskId));
    expect(error).toMatchObject(expected);
    expect(isRetryable(error)).toBe(canRetry);
    expect(everyFace(error)).not.toContain(VENDOR_KEY);
    expect((await client.task(taskId)).status).toBe("succeeded");
  },
);

test.each([[{ error: "Why" }], [{ error: { message: "Why" } }], [{ message: "Why" }], [{ fail_reason: "Why" }]])(
  "a failed task says why: %j",
  async (answer) => {
    vendor.ending({ status: "failed", answer: { ...answer, cost_actual: 0 } });
    const client = clientOf();
    const { taskId } = await client.submit(BODY, newKey());
    expect(await client.task(taskId)).toMatchObject({ status: "failed", reason: "Why", costActual: 0, outputs: [] });
  },
);

test("cancelled, a url as a list, no output", async () => {
  const client = clientOf();
  const { taskId } = await client.submit(BODY, newKey());
  vendor.next({ on: "task", patch: { status: "cancelled", output: null } });
  expect(await client.task(taskId)).toMatchObject({ status: "cancelled", outputs: [] });
  vendor.next({ on: "task", patch: { output: { videos: [{ url: [`${vendor.url}/a.mp4`, `${vendor.url}/b.mp4`] }] } } });
  expect((await client.task(taskId)).outputs).toHaveLength(2);
  vendor.next({ on: "task", omit: ["output", "cost_actual"] });
  expect(await client.task(taskId)).toMatchObject({ status: "succeeded", outputs: [], costActual: null });
});

test("an unknown status is processing, and said once", async () => {
  const warnings: string[] = [];
  const client = clientOf({ warn: (message) => warnings.push(message) });
  const { taskId } = await client.submit(BODY, newKey());
  vendor.next({ on: "task", times: 3, patch: { status: "warming_up" } });
  for (let poll = 0; poll < 3; poll++) expect((await client.task(taskId)).status).toBe("processing");
  expect(warnings).toEqual([expect.stringContaining('"warming_up"')]);
});

test.each(["list", "object", "stream", "lines"] as const)("events as a %s", async (events) => {
  vendor.set({ events });
  const client = clientOf(events === "stream" ? SHORT : {});
  const { taskId } = await client.submit(BODY, newKey());
  const names = (await client.events(taskId)).map((event) => event.name);
  expect(names).toEqual(
    events === "stream" ? ["progress", "progress", "progress"] : ["queued", "processing", "succeeded"],
  );
});

test("events of no known shape are none; events refused or late are an error", async () => {
  vendor.set({ events: "odd" });
  const client = clientOf();
  const { taskId } = await client.submit(BODY, newKey());
  expect(await client.events(taskId)).toEqual([]);
  vendor.next({ on: "events", status: 404 }, { on: "events", hang: true });
  expect(await failureOf(client.events(taskId))).toMatchObject({ kind: "http", status: 404 });
  expect(await failureOf(clientOf(SHORT).events(taskId))).toMatchObject({ kind: "timeout" });
});
