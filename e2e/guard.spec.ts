import { readFileSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { test as base, expect } from "@playwright/test";
import { type Playground, startPlayground } from "./fixtures/server";
import { startVendor, type Vendor } from "./fixtures/vendor";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const MEGABYTE = 1024 * 1024;
// Public as far as anybody can tell, given to nobody: what is sent there goes nowhere.
const NOWHERE = "2d00__1";

const NAMES = `--require ${path.join(__dirname, "fixtures/names.cjs")}`;

/** Counts who connects to an address of this machine that nothing outside may lead to. */
async function startTrap() {
  let hits = 0;
  const server = net.createServer((socket) => {
    hits++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, hits: () => hits, close: () => server.close() };
}

/** The one origin the playground may ask although it is private, MindVideo's own, whose files have turned bad. */
async function startBadVendor(vendor: Vendor) {
  let written = 0;
  const pour = (response: ServerResponse) => {
    const chunk = Buffer.alloc(64 * 1024, 7);
    const more = () => {
      while (!response.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
    };
    more();
  };
  const bad: Record<string, (response: ServerResponse, url: URL) => void> = {
    "/bad/huge": (response) => response.writeHead(200, { "Content-Length": 5_000_000_000_000 }).flushHeaders(),
    "/bad/endless": pour,
    "/bad/silent": () => {},
    "/bad/slow-head": (response) => {
      response.socket?.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => response.socket?.write("X-More: 1\r\n"), 200);
      response.once("close", () => clearInterval(timer));
    },
    "/bad/slow-body": (response) => {
      response.writeHead(200, { "Content-Type": "image/png" });
      const timer = setInterval(() => response.write("x"), 200);
      response.once("close", () => clearInterval(timer));
    },
    "/bad/head": (response) => response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(MEGABYTE)}\r\n\r\n`),
    "/bad/zipped": (response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end("x"),
    "/bad/to": (response, url) => response.writeHead(302, { Location: url.searchParams.get("u") ?? "" }).end(),
    "/bad/loop": (response) => response.writeHead(302, { Location: "/bad/loop" }).end(),
    "/bad/upgrade": (response) =>
      response.socket?.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
  };
  const passOn = (request: IncomingMessage, response: ServerResponse) => {
    const to = `${vendor.url}${request.url}`;
    request.pipe(
      http.request(to, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }),
    );
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://vendor");
    const serve = bad[url.pathname];
    return serve ? serve(response, url) : passOn(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written: () => written,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Setting = {
  vendor: Vendor;
  trap: Awaited<ReturnType<typeof startTrap>>;
  host: Awaited<ReturnType<typeof startBadVendor>>;
};

const test = base.extend<Setting>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  vendor: async ({}, use) => {
    const vendor = await startVendor();
    await use(vendor);
    await vendor.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  trap: async ({}, use) => {
    const trap = await startTrap();
    await use(trap);
    trap.close();
  },
  host: async ({ vendor }, use) => {
    const host = await startBadVendor(vendor);
    await use(host);
    host.close();
  },
});

/** Addresses that lead to this machine, its neighbours or its cloud, in every way there is to write them. */
function privateAddresses(port: number): string[] {
  const at = (host: string) => `https://${host}:${port}/a.png`;
  return [
    ...[
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "0",
      "0.0.0.0",
      "127.0.0.1.",
      "%31%32%37.0.0.1",
    ],
    ...[
      "10.0.0.1",
      "172.16.0.1",
      "192.168.0.1",
      "100.64.0.1",
      "169.254.169.254",
      "0xa9fea9fe",
      "192.0.0.192",
      "198.18.0.1",
    ],
    ...[
      "[::1]",
      "[::]",
      "[::ffff:127.0.0.1]",
      "[::ffff:a9fe:a9fe]",
      "[::127.0.0.1]",
      "[64:ff9b::7f00:1]",
      "[2002:7f00:1::]",
    ],
    ...["[fd00:ec2::254]", "[fe80::1]", "[fc00::1]", "[2001:0:7f00:1::]", "[64:ff9b:1::a9fe:a9fe]", "①②⑦.0.0.1"],
    ...["localhost", "a.127-0-0-1.test", "a.10-0-0-1.test", "a.169-254-169-254.test", "a.__1.test"],
    ...["a.__ffff_127-0-0-1.test", "a.64_ff9b__7f00_1.test", "a.fd00_ec2__254.test", `a.${NOWHERE}x127-0-0-1.test`],
  ].map(at);
}

const rssOf = (server: Playground) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid()}/status`, "utf8"))?.[1] ?? 0) * 1024;

async function preview(visitor: Visitor, address: string): Promise<number> {
  const answer = await visitor.fetch(`/api/uploads/preview?url=${encodeURIComponent(address)}`);
  await answer.arrayBuffer();
  return answer.status;
}

test("no address from outside leads to what is inside", async ({ vendor, host, trap }) => {
  const env = { ...vendor.env, MINDVIDEO_BASE_URL: `${host.origin}/api/v1`, NODE_OPTIONS: NAMES };
  const [withKey, onSandbox] = await Promise.all([
    startPlayground({ env: { ...env, SUBMITS_PER_MINUTE: "100", ACTIVE_LIMIT_VISITOR: "100" } }),
    startPlayground({ env: { NODE_OPTIONS: NAMES } }),
  ]);
  try {
    const visitor = await newVisitor(withKey.url);
    const inside = privateAddresses(trap.port);

    await test.step("as a preview", async () => {
      for (const address of inside) expect([address, await preview(visitor, address)]).toEqual([address, 400]);
      const odd = [`http://127.0.0.1:${trap.port}/`, "file:///etc/passwd", "data:image/png,x", "ftp://a.test/", "x"];
      for (const address of [...odd, `https://me@${NOWHERE}/`, `//127.0.0.1:${trap.port}/`]) {
        expect([address, await preview(visitor, address)]).toEqual([address, 400]);
      }
    });

    await test.step("by a redirect", async () => {
      expect(await preview(visitor, `${host.origin}/pictures/64x64.png`)).toBe(200);
      for (const address of [`http://127.0.0.1:${trap.port}/`, ...inside.slice(0, 3), ...inside.slice(-4)]) {
        const status = await preview(visitor, `${host.origin}/bad/to?u=${encodeURIComponent(address)}`);
        expect([address, status]).toEqual([address, 400]);
      }
      expect(await preview(visitor, `${host.origin}/bad/loop`)).toBe(502);
    });

    await test.step("by a name that changes between check and connection", async () => {
      const name = `changes.${NOWHERE}.127-0-0-1.test`;
      expect(await preview(visitor, `https://${name}:${trap.port}/a.png`)).toBeGreaterThanOrEqual(502);
      expect(withKey.output().split(`asked for ${name}`)).toHaveLength(2);
      // Asked once more it is what it has become.
      expect(await preview(visitor, `https://${name}:${trap.port}/a.png`)).toBe(400);
    });

    await test.step("as an output of MindVideo's, played or copied", async () => {
      const urls = [inside[0], inside[10], inside.at(-1), `http://127.0.0.1:${trap.port}/0.mp4`];
      urls.push(`${host.origin}/bad/to?u=${encodeURIComponent(`http://127.0.0.1:${trap.port}/`)}`);
      vendor.ending({ status: "succeeded", answer: { output: { videos: urls.map((url) => ({ url })) } } });
      const pressed = await visitor.press({ model: "viduq3-pro", input: { prompt: "a way in" } });
      if (!pressed.ok) throw new Error(pressed.error.code);
      const { id } = pressed.value;
      await expect.poll(async () => (await visitor.generation(id))?.status, { timeout: 15_000 }).toBe("succeeded");
      for (const index of urls.keys()) {
        expect((await visitor.fetch(`/api/generations/${id}/outputs/${index}`)).status).toBe(502);
      }
    });

    await test.step("as a reference picture of the sandbox", async () => {
      const other = await newVisitor(onSandbox.url);
      const picked = [inside[0], inside[20], inside.at(-1), `https://a.${NOWHERE}.127-0-0-1.test:${trap.port}/`];
      for (const pair of [picked.slice(0, 2), picked.slice(2)]) {
        const input = { prompt: "a way in", image_urls: pair, duration: 1, resolution: "540p" };
        const pressed = await other.press({ model: "viduq3-pro", input });
        if (!pressed.ok) throw new Error(`${pressed.error.code} ${JSON.stringify(pressed.error.issues)}`);
        const { id } = pressed.value;
        await expect.poll(async () => (await other.generation(id))?.status, { timeout: 20_000 }).toBe("succeeded");
      }
    });
    expect(trap.hits(), "connections to what is inside").toBe(0);
  } finally {
    await Promise.all([withKey.stop(), onSandbox.stop()]);
  }
});

test("bodies that are huge, endless or slow cost little memory and little time", async ({ vendor, host }) => {
  const server = await startPlayground({
    env: { ...vendor.env, MINDVIDEO_BASE_URL: `${host.origin}/api/v1`, SUBMITS_PER_MINUTE: "100" },
  });
  try {
    const visitor = await newVisitor(server.url);
    expect(await preview(visitor, `${host.origin}/pictures/64x64.png`)).toBe(200);
    const before = rssOf(server);
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, rssOf(server));
    }, 100);

    const began = performance.now();
    const slow = ["silent", "slow-head", "slow-body"].map((bad) => preview(visitor, `${host.origin}/bad/${bad}`));
    for (const [bad, status] of [
      ["huge", 413],
      ["endless", 413],
      ["head", 502],
      ["zipped", 502],
      ["upgrade", 502],
    ] as const) {
      expect([bad, await preview(visitor, `${host.origin}/bad/${bad}`)]).toEqual([bad, status]);
    }
    const endless = Array.from({ length: 5 }, () => preview(visitor, `${host.origin}/bad/endless`));
    expect(await Promise.all(endless)).toEqual(Array(5).fill(413));
    expect(await Promise.all(slow)).toEqual([504, 504, 504]);
    expect(performance.now() - began).toBeLessThan(10_000);

    await test.step("an endless output flows no faster than it is read", async () => {
      vendor.ending({ status: "succeeded", answer: { output: { videos: [{ url: `${host.origin}/bad/endless` }] } } });
      const pressed = await visitor.press({ model: "viduq3-pro", input: { prompt: "without end" } });
      if (!pressed.ok) throw new Error(pressed.error.code);
      const { id } = pressed.value;
      await expect.poll(async () => (await visitor.generation(id))?.status, { timeout: 15_000 }).toBe("succeeded");
      const readers = await Promise.all(
        Array.from({ length: 6 }, () => visitor.fetch(`/api/generations/${id}/outputs/0`)),
      );
      for (const reader of readers) {
        expect([200, 502]).toContain(reader.status);
        await reader.body?.getReader().read();
      }
      for (const reader of readers) await reader.body?.cancel().catch(() => {});
    });
    clearInterval(watch);
    expect(host.written()).toBeGreaterThan(12 * MEGABYTE);
    // Six previews of 10 MB at a time, each twice for a moment, and what the collector has not yet looked at.
    expect(Math.round((most - before) / MEGABYTE)).toBeLessThan(250);
    expect((await visitor.fetch("/api/health")).status).toBe(200);
  } finally {
    await server.stop();
  }
});
