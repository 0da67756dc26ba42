import { expect, test } from "vitest";
import { parseCost, parseEvents, parseJson, parseTask } from "@/lib/mindvideo/schema";

const BASE = "https://api.example/api/v1";
const KEY = "mv_live_0123456789";
const noWarning = (word: string) => expect.unreachable(`"${word}" is known`);
const parse = (body: unknown) => parseTask(body, BASE, noWarning);

const DONE = {
  request_id: "req_1",
  task_id: "task_1",
  status: "succeeded",
  cost_estimate: 0.675,
  cost_actual: 0.675,
  output: { videos: [{ url: "https://cdn.example/a.mp4" }] },
};

test("the documented answer", () => {
  expect(parse(DONE)).toEqual({
    taskId: "task_1",
    requestId: "req_1",
    status: "succeeded",
    costEstimate: 675_000,
    costActual: 675_000,
    outputs: [{ kind: "video", url: "https://cdn.example/a.mp4" }],
    reason: null,
  });
});

test.each([
  [0.675, 675_000],
  ["0.675", 675_000],
  [1.005, 1_005_000],
  [0.1 + 0.2, 300_001],
  [3, 3_000_000],
  [0, 0],
  ["0.0000001", 1],
  [1e-7, 1],
  [1.5e3, 1_500_000_000],
  ["12.", 12_000_000],
  [-1, null],
  [Number.NaN, null],
  [1e21, null],
  ["free", null],
  ["", null],
  [null, null],
  [undefined, null],
  [{ amount: 1 }, null],
])("a cost of %j is %j millionths", (value, expected) => {
  expect(parseCost(value)).toBe(expected);
});

const video = (...urls: string[]) => urls.map((url) => ({ kind: "video", url }));
const A = "https://cdn.example/a.mp4";
const B = "https://cdn.example/b.mp4";

test.each([
  ["a list of urls", { videos: [{ url: [A, B] }] }, video(A, B)],
  ["plain strings", { videos: [A, B] }, video(A, B)],
  ["one string", { videos: A }, video(A)],
  ["the same file twice", { videos: [A, { url: A }] }, video(A)],
  ["images", { images: [{ url: "https://cdn.example/a.png" }] }, [{ kind: "image", url: "https://cdn.example/a.png" }]],
  [
    "a bare url of an image",
    { url: "https://cdn.example/a.PNG?x=1" },
    [{ kind: "image", url: "https://cdn.example/a.PNG?x=1" }],
  ],
  ["a list in output itself", [{ url: A }], video(A)],
  ["a path from the root", { videos: [{ url: "/files/a.mp4" }] }, video("https://api.example/files/a.mp4")],
  ["a relative path", { videos: [{ url: "files/a.mp4" }] }, video("https://api.example/api/v1/files/a.mp4")],
  ["no address of the web", { videos: ["javascript:alert(1)", "file:///etc/passwd", "data:video/mp4;base64,AA"] }, []],
  ["nothing readable", { videos: [null, 7, {}, { url: null }, [[]]] }, []],
  ["no output", undefined, []],
  ["null", null, []],
])("output with %s", (_name, output, expected) => {
  expect(parse({ ...DONE, output })?.outputs).toEqual(expected);
});

test.each([
  [{ data: DONE }],
  [{ code: 0, message: "success", data: DONE }],
  [{ request_id: "req_1", task: { ...DONE, request_id: undefined } }],
  [{ ...DONE, task_id: undefined, id: "task_1" }],
  [{ ...DONE, id: "other" }],
  [{ id: "req_1", data: DONE }],
  [{ status: "ok", data: { ...DONE, task_id: undefined, id: "task_1" } }],
])("a wrapped or renamed task: %j", (body) => {
  expect(parse(body)).toEqual(parse(DONE));
});

test.each([
  [null],
  [[]],
  ["text"],
  [7],
  [{}],
  [{ data: null }],
  [{ error: "no" }],
  [{ task_id: "" }],
  [{ task_id: ".." }],
])("%j is no task", (body) => expect(parse(body)).toBeNull());

test.each([
  ["queued", "queued"],
  ["QUEUED", "queued"],
  ["pending", "queued"],
  ["running", "processing"],
  ["canceled", "cancelled"],
  ["completed", "succeeded"],
  ["SUCCESS", "succeeded"],
])("status %s is read as %s", (word, expected) => {
  expect(parse({ ...DONE, status: word })?.status).toBe(expected);
});

test.each([
  [{ task_id: "t", status: "rendering_audio" }],
  [{ task_id: "t", status: "completed" }],
  [{ task_id: "t", status: "error" }],
  [{ task_id: "t", status: "toString" }],
])("an unknown status, or an undocumented end without its evidence, goes on processing: %j", (body) => {
  const words: string[] = [];
  expect(parseTask(body, BASE, (word) => words.push(word))?.status).toBe("processing");
  expect(words).toEqual([body.status.toLowerCase()]);
});

test("an undocumented failure with a reason is one", () => {
  expect(parse({ task_id: "t", status: "error", message: "No GPU" })).toMatchObject({
    status: "failed",
    reason: "No GPU",
  });
});

test("a submission's answer without a status is queued", () => {
  expect(parse({ task_id: 12345 })).toMatchObject({ taskId: "12345", status: "queued", costEstimate: null });
});

test.each([
  [{ error: "Why" }],
  [{ error: { message: "Why" } }],
  [{ message: "Why" }],
  [{ fail_reason: "Why" }],
  [{ error: null, message: "", fail_reason: "Why" }],
])("the reason of a failure in %j", (body) => {
  expect(parse({ task_id: "t", status: "failed", ...body })?.reason).toBe("Why");
  expect(parse({ task_id: "t", status: "processing", ...body })?.reason).toBeNull();
});

test("strings lose NUL, lone surrogates and the key before anything reads them", () => {
  const text = `{"task_id":"t\\u0000\\ud83d","status":"failed","error":"key ${KEY} \\ude00 refused"}`;
  expect(parse(parseJson(text, KEY))).toMatchObject({ taskId: "t", reason: "key [key] refused" });
  expect(parseJson("<html>", KEY)).toBeUndefined();
  expect(parseJson(`${"[".repeat(500_000)}`, KEY)).toBeUndefined();
});

const AT = Date.UTC(2026, 10, 22, 11);
const EXPECTED = [
  { at: AT, name: "queued", detail: null },
  { at: AT + 1_000, name: "processing", detail: "On a machine" },
];

test.each([
  [
    "a list",
    [
      { name: "queued", at: AT },
      { name: "processing", at: AT + 1_000, detail: "On a machine" },
    ],
  ],
  [
    "newest first",
    [
      { type: "processing", ts: AT + 1_000, message: "On a machine" },
      { type: "queued", ts: AT },
    ],
  ],
  [
    "seconds",
    {
      events: [
        { event: "queued", time: AT / 1_000 },
        { event: "processing", time: `${AT / 1_000 + 1}`, message: "On a machine" },
      ],
    },
  ],
  [
    "ISO strings",
    {
      data: [
        { status: "queued", created_at: "2026-11-22T11:00:00Z" },
        { status: "processing", created_at: "2026-11-22T11:00:01.000Z", data: { message: "On a machine" } },
      ],
    },
  ],
  [
    "items in data",
    {
      data: {
        items: [
          { state: "queued", timestamp: AT },
          { state: "processing", timestamp: AT + 1_000, error: { message: "On a machine" } },
        ],
      },
    },
  ],
])("events as %s", (_name, body) => {
  expect(parseEvents(JSON.stringify(body), KEY)).toEqual(EXPECTED);
});

test("events as a stream, and as a line each", () => {
  const stream = `: hello\nretry: 10\n\nevent: queued\ndata: {"at":${AT}}\n\nid: 2\nevent: processing\ndata: {"at":${AT + 1_000},\ndata: "detail":"On a machine"}\n\nevent: half`;
  expect(parseEvents(stream.replace(/\n\nevent: half$/, "\n\n"), KEY)).toEqual(EXPECTED);
  expect(parseEvents("data: plain words\r\n\r\n", KEY)).toEqual([{ at: null, name: "plain words", detail: null }]);
  expect(parseEvents("event: log\r\ndata: plain words\r\n\r\n", KEY)).toEqual([
    { at: null, name: "log", detail: "plain words" },
  ]);
  const lines = `{"name":"queued","at":${AT}}\n{"name":"processing","at":${AT + 1_000},"detail":"On a machine"}\n{"name":"cut`;
  expect(parseEvents(lines, KEY)).toEqual(EXPECTED);
});

test.each([[""], ["<html>"], ["null"], ["7"], ["{}"], ['{"events":{}}'], ["[[],null,7,{}]"], ['{"status":"queued"}']])(
  "%s holds no events",
  (text) => expect(parseEvents(text, KEY)).toEqual([]),
);

test("of very many events the last hundred are kept, without times in the order given", () => {
  const events = parseEvents(JSON.stringify(Array.from({ length: 150 }, (_, index) => `step ${index}`)), KEY);
  expect(events).toHaveLength(100);
  expect(events.at(-1)).toEqual({ at: null, name: "step 149", detail: null });
});
