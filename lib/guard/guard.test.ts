import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { checkedLookup, GuardError, guardedFetch, guardedOpen, isPublicAddress } from "@/lib/guard/guard";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handler: http.RequestListener) {
  const seen: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const LIMITS = { maxBytes: 1_000, timeoutMs: 2_000 };
const STREAM_LIMITS = { headersTimeoutMs: 2_000, idleTimeoutMs: 2_000 };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error) => (error instanceof GuardError ? error.code : error),
  );
const namedAs = (address: string) => async () => [{ address, family: address.includes(":") ? 6 : 4 }];

test.each([
  ["93.184.216.34", true],
  ["2606:4700:4700::1111", true],
  ["127.0.0.1", false],
  ["10.1.2.3", false],
  ["172.31.0.1", false],
  ["192.168.1.1", false],
  ["169.254.169.254", false],
  ["100.64.0.1", false],
  ["0.0.0.0", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["198.18.0.1", false],
  ["203.0.113.5", false],
  ["::", false],
  ["::1", false],
  ["::ffff:10.0.0.1", false],
  ["::ffff:93.184.216.34", false],
  ["::7f00:1", false],
  ["64:ff9b::7f00:1", false],
  ["64:ff9b:1::7f00:1", false],
  ["2002:7f00:1::", false],
  ["2001:0:7f00:1::", false],
  ["2606:4700::5efe:7f00:1", false],
  ["fc00::1", false],
  ["fd00:ec2::254", false],
  ["fe80::1", false],
  ["ff02::1", false],
  ["2001:db8::1", false],
  ["4000::1", false],
  ["not an address", false],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  ["http://example.com/a.png", "not_https"],
  ["file:///etc/passwd", "not_https"],
  ["data:image/png;base64,AAAA", "not_https"],
  ["https://user:secret@example.com/", "bad_url"],
  ["nonsense", "bad_url"],
  ["https://127.0.0.1/", "private_address"],
  ["https://0x7f.1/", "private_address"],
  ["https://2130706433/", "private_address"],
  ["https://[::1]/", "private_address"],
  ["https://[::ffff:127.0.0.1]/", "private_address"],
  ["https://[::ffff:a9fe:a9fe]/", "private_address"],
  ["https://169.254.169.254/latest/meta-data/", "private_address"],
  ["https://localhost/", "private_address"],
])("%s is refused as %s", async (url, code) => {
  expect(await codeOf(guardedFetch(url, LIMITS))).toBe(code);
  expect(await codeOf(guardedOpen(url, STREAM_LIMITS))).toBe(code);
});

test("a name that resolves to a private address is never connected to", async () => {
  const { origin, seen } = await serve((_request, response) => response.end("secret"));
  const url = `https://pictures.example:${new URL(origin).port}/`;
  for (const address of ["127.0.0.1", "::ffff:127.0.0.1", "::1"]) {
    expect(await codeOf(guardedFetch(url, { ...LIMITS, resolve: namedAs(address) }))).toBe("private_address");
  }
  expect(seen).toHaveLength(0);
});

test("one private address among public ones is enough to refuse", async () => {
  const resolve = async () => [
    { address: "93.184.216.34", family: 4 },
    { address: "10.0.0.1", family: 4 },
  ];
  expect(await codeOf(guardedFetch("https://pictures.example/", { ...LIMITS, resolve }))).toBe("private_address");
});

test("a name is resolved once a connection, which gets exactly what was checked; turned private, it is refused", async () => {
  const answers = ["93.184.216.34", "127.0.0.1"];
  let asked = 0;
  const lookup = checkedLookup(async () => [{ address: answers[asked++] ?? "", family: 4 }]);
  const connect = () =>
    new Promise((resolve, reject) =>
      lookup("rebinding.example", { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
    );
  expect(await connect()).toEqual([{ address: "93.184.216.34", family: 4 }]);
  expect(asked).toBe(1);
  expect(await codeOf(connect())).toBe("private_address");
});

test("an allowed origin is fetched, without cookies, and its cookies are dropped", async () => {
  const { origin, seen } = await serve((_request, response) => {
    response.writeHead(418, { "Content-Type": "text/plain", "Set-Cookie": "a=b" }).end("short and stout");
  });
  const answer = await guardedFetch(`${origin}/pot`, { ...LIMITS, allowOrigins: [origin] });
  expect(answer.status).toBe(418);
  expect(answer.body.toString()).toBe("short and stout");
  expect(answer.headers.get("content-type")).toBe("text/plain");
  expect(answer.headers.get("set-cookie")).toBeNull();
  expect(answer.finalUrl).toBe(`${origin}/pot`);
  expect(seen[0]?.headers.cookie).toBeUndefined();
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

test("an origin is allowed exactly: another port of the same host is not", async () => {
  const { origin } = await serve((_request, response) => response.end());
  expect(await codeOf(guardedFetch("http://127.0.0.1:1/", { ...LIMITS, allowOrigins: [origin] }))).toBe("not_https");
});

test.each([
  ["http://127.0.0.1:1/", "not_https"],
  ["https://127.0.0.1:1/", "private_address"],
  ["https://[::ffff:7f00:1]/", "private_address"],
  ["//localhost/", "not_https"],
  ["ftp://example.com/", "not_https"],
])("a redirect to %s is refused as %s", async (location, code) => {
  const { origin } = await serve((_request, response) => response.writeHead(302, { Location: location }).end());
  expect(await codeOf(guardedFetch(origin, { ...LIMITS, allowOrigins: [origin] }))).toBe(code);
  expect(await codeOf(guardedOpen(origin, { ...STREAM_LIMITS, allowOrigins: [origin] }))).toBe(code);
});

test("three redirects are followed, a fourth is not", async () => {
  const { origin } = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) return response.end("here");
    return response.writeHead(302, { Location: `/${left - 1}` }).end();
  });
  const options = { ...LIMITS, allowOrigins: [origin] };
  expect((await guardedFetch(`${origin}/3`, options)).body.toString()).toBe("here");
  expect(await codeOf(guardedFetch(`${origin}/4`, options))).toBe("too_many_redirects");
});

test("a body that says it is too large, and one that does not say so, are both refused", async () => {
  const { origin } = await serve((request, response) => {
    if (request.url === "/said") response.setHeader("Content-Length", 5_000_000);
    const write = () => response.destroyed || (response.write(Buffer.alloc(50_000)) ? setImmediate(write) : 0);
    response.on("drain", write);
    write();
  });
  const options = { ...LIMITS, allowOrigins: [origin] };
  expect(await codeOf(guardedFetch(`${origin}/said`, options))).toBe("too_large");
  expect(await codeOf(guardedFetch(`${origin}/unsaid`, options))).toBe("too_large");
});

test("no answer, and a body that drips for ever, end in time", async () => {
  const { origin } = await serve((request, response) => {
    if (request.url === "/silent") return;
    const drip = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(drip));
  });
  const options = { maxBytes: 1_000, timeoutMs: 200, allowOrigins: [origin] };
  expect(await codeOf(guardedFetch(`${origin}/silent`, options))).toBe("timeout");
  expect(await codeOf(guardedFetch(`${origin}/dripping`, options))).toBe("timeout");
  const open = guardedOpen(`${origin}/silent`, { ...options, headersTimeoutMs: 100, idleTimeoutMs: 100 });
  expect(await codeOf(open)).toBe("timeout");
  const streamed = await guardedOpen(`${origin}/dripping`, { ...options, headersTimeoutMs: 500, idleTimeoutMs: 150 });
  expect(await codeOf(streamed.text())).toBe("timeout");
});

test("an answer that wants another protocol is refused at once", async () => {
  const { origin } = await serve((request) => {
    request.socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
  });
  expect(await codeOf(guardedFetch(origin, { ...LIMITS, allowOrigins: [origin] }))).toBe("bad_answer");
  expect(await codeOf(guardedOpen(origin, { ...STREAM_LIMITS, allowOrigins: [origin] }))).toBe("bad_answer");
});

test("a server that cannot be reached is a network error", async () => {
  const { origin } = await serve((request) => request.socket.destroy());
  expect(await codeOf(guardedFetch(origin, { ...LIMITS, allowOrigins: [origin] }))).toBe("network");
  expect(await codeOf(guardedFetch("http://127.0.0.1:1/", { ...LIMITS, allowOrigins: ["http://127.0.0.1:1"] }))).toBe(
    "network",
  );
});

test("a compressed answer nobody asked for is not passed on", async () => {
  const { origin, seen } = await serve((_request, response) =>
    response.writeHead(200, { "Content-Encoding": "gzip" }).end("zip"),
  );
  expect(await codeOf(guardedFetch(origin, { ...LIMITS, allowOrigins: [origin] }))).toBe("bad_answer");
  expect(seen[0]?.headers["accept-encoding"]).toBe("identity");
});

test("a stream passes Range on, and its status and headers back", async () => {
  const { origin, seen } = await serve((_request, response) =>
    response.writeHead(206, { "Content-Range": "bytes 2-4/10", "Content-Type": "video/mp4" }).end("abc"),
  );
  const headers = new Headers({ Range: "bytes=2-4" });
  const answer = await guardedOpen(origin, { ...STREAM_LIMITS, headers, allowOrigins: [origin] });
  expect(seen[0]?.headers.range).toBe("bytes=2-4");
  expect(answer.status).toBe(206);
  expect(answer.headers.get("content-range")).toBe("bytes 2-4/10");
  expect(await answer.text()).toBe("abc");
});

async function serveEndlessly() {
  let sent = 0;
  let onClose = () => {};
  const closed = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const { origin } = await serve((_request, response) => {
    const write = () => {
      while (!response.destroyed) {
        sent += 100_000;
        if (!response.write(Buffer.alloc(100_000))) return;
      }
    };
    response.on("drain", write);
    response.on("close", () => onClose());
    write();
  });
  return { origin, sent: () => sent, closed };
}

test("a slow reader holds the sender back, and resting is not idling", async () => {
  const { origin, sent } = await serveEndlessly();
  const answer = await guardedOpen(origin, { headersTimeoutMs: 2_000, idleTimeoutMs: 100, allowOrigins: [origin] });
  const reader = answer.body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setTimeout(resolve, 400));
  // What the sockets' own buffers take is the system's choice; an unbounded sender passes this in a moment.
  expect(sent()).toBeLessThan(20_000_000);
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
});

test("a reader that leaves closes the connection", async () => {
  const { origin, closed } = await serveEndlessly();
  const answer = await guardedOpen(origin, { ...STREAM_LIMITS, allowOrigins: [origin] });
  await answer.body?.cancel();
  await closed;
});

test("an aborted signal closes the connection and fails the reader", async () => {
  const { origin, closed } = await serveEndlessly();
  const controller = new AbortController();
  const answer = await guardedOpen(origin, {
    ...STREAM_LIMITS,
    signal: controller.signal,
    allowOrigins: [origin],
  });
  controller.abort();
  await closed;
  await expect(answer.arrayBuffer()).rejects.toThrow();
  const aborted = guardedOpen(origin, { ...STREAM_LIMITS, signal: controller.signal, allowOrigins: [origin] });
  await expect(aborted).rejects.toBe(controller.signal.reason);
});

test("a stream that stops in the middle, by silence or by a cut, is an error and not an end", async () => {
  const { origin } = await serve((request, response) => {
    response.writeHead(200, { "Content-Length": 10 });
    response.write("half");
    if (request.url === "/cut") setTimeout(() => response.destroy(), 50);
  });
  const options = { headersTimeoutMs: 2_000, idleTimeoutMs: 150, allowOrigins: [origin] };
  const silent = await guardedOpen(`${origin}/silent`, options);
  expect(await codeOf(silent.text())).toBe("timeout");
  const cut = await guardedOpen(`${origin}/cut`, options);
  expect(await codeOf(cut.text())).toBe("network");
});
