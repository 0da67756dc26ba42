// @vitest-environment jsdom
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { sendFile } from "@/components/uploads/send-file";

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let server: http.Server;
let answer: Answer;
let got: { method?: string; headers: http.IncomingHttpHeaders; body: Buffer }[];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
    if (request.method === "OPTIONS") response.end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = document.createElement("base");
  base.href = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  document.head.append(base);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  got = [];
});

const tell =
  (status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      got.push({ method: request.method, headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  };

function send(name = "a.png", controller = new AbortController(), onProgress: (share: number) => void = () => {}) {
  const file = new Blob([new Uint8Array(100_000).fill(7)], { type: "image/png" });
  return sendFile(file, { name, kind: "image", signal: controller.signal, onProgress });
}

it("sends the bytes with their type and name, tells how far it is, and gives what arrived", async () => {
  const upload = { ref: "upload:1", name: "Größe 図\uFFFD.png" };
  answer = tell(201, upload);
  const shares: number[] = [];
  expect(await send("Größe 図\ud800.png", undefined, (share) => shares.push(share))).toEqual({ ok: true, upload });
  const [request] = got;
  expect(request).toMatchObject({
    method: "POST",
    headers: { "content-type": "image/png", "content-length": "100000" },
  });
  expect(decodeURIComponent(String(request?.headers["x-file-name"]))).toBe("Größe 図\uFFFD.png");
  expect(request?.body.equals(Buffer.alloc(100_000, 7))).toBe(true);
  // jsdom counts no bytes; how far a real browser is, is seen end to end.
  expect(shares.length).toBeGreaterThan(0);
});

it.each([
  ["our own words", 409, { error: { code: "no_room", message: "Delete some." } }, {}, "no_room", "Delete some.", true],
  ["a file's own fault", 422, { error: { code: "broken", message: "Damaged." } }, {}, "broken", "Damaged.", false],
  ["a pass that ran out", 401, "", {}, "no_visitor", /lost its pass. Reload it/, true],
  ["a proxy's limit", 413, "<html>", {}, "too_large", /too large. Choose another/, false],
  [
    "too many",
    429,
    { error: { code: "too_fast", message: "Wait." } },
    { "Retry-After": "17" },
    "too_fast",
    /in 17 seconds/,
    true,
  ],
  [
    "a server that rests",
    503,
    "<html>",
    { "Retry-After": "5" },
    "unavailable",
    /right now. Try again in 5 seconds/,
    true,
  ],
  ["an answer nobody planned", 500, "", {}, "unavailable", /Try again in a moment/, true],
  ["a code of tomorrow", 400, { error: { code: "constructor", message: "New." } }, {}, "unavailable", "New.", true],
])("reads %s", async (_what, status, body, headers, code, message, canRetry) => {
  answer = tell(status, body, headers);
  const expected = message instanceof RegExp ? expect.stringMatching(message) : message;
  expect(await send()).toEqual({ ok: false, code, message: expected, canRetry });
});

it("says that the connection was cut, which can be tried again", async () => {
  answer = (request) => request.socket.destroy();
  expect(await send()).toMatchObject({ ok: false, code: "network", canRetry: true });
});

it("stops when it is told to", async () => {
  const controller = new AbortController();
  answer = () => controller.abort();
  await expect(send("a.png", controller)).rejects.toThrow("cancelled");
  await expect(send("a.png", controller)).rejects.toThrow("cancelled");
});
