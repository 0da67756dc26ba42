import { readFileSync, truncateSync } from "node:fs";
import path from "node:path";
import Database from "libsql";
import yauzl from "yauzl";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";
import { newVisitor } from "./fixtures/visitor";

const GIB = 1024 ** 3;
const MB = 1_000_000;
const MAX_GROWTH_BYTES = 300 * MB;

/** What the server's process holds in memory, in bytes. */
function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

test("two gigabytes are taken out in bounded memory, one download at a time", async ({ playground }) => {
  test.setTimeout(120_000);
  const visitor = await newVisitor(playground.url);
  const ids = await Promise.all(
    ["one", "two"].map(async (prompt) => {
      const pressed = await visitor.press({ model: "viduq3-pro", input: { prompt } });
      return pressed.ok ? pressed.value.id : "";
    }),
  );
  for (const id of ids) {
    await expect.poll(async () => (await visitor.generation(id))?.outputs[0]?.keep.state).toBe("kept");
  }
  // Each copy becomes a gigabyte of which next to nothing lies on the disk.
  const database = new Database(path.join(playground.dataDir, "playground.db"));
  // The server writes too.
  database.pragma("busy_timeout = 5000");
  const files = ids.map((id) => {
    const [copy] = database.prepare("select path from vault where generation = ?").all([id]) as { path: string }[];
    database.prepare("update vault set bytes = ? where generation = ?").run([GIB, id]);
    return path.join(playground.dataDir, "vault", copy?.path ?? "");
  });
  for (const file of files) truncateSync(file, GIB);
  database.close();

  await test.step("a download that is broken off frees its place", async () => {
    const stop = new AbortController();
    const first = await visitor.fetch("/api/export", { signal: stop.signal });
    const reader = first.body?.getReader();
    await reader?.read();
    expect((await visitor.fetch("/api/export")).status).toBe(429);
    expect((await visitor.fetch("/api/export", { method: "HEAD" })).status).toBe(429);
    stop.abort();
    await reader?.cancel().catch(() => {});
    await expect.poll(async () => (await visitor.fetch("/api/export", { method: "HEAD" })).status).toBe(200);
  });

  await test.step("all of it, with its list at the end", async () => {
    const before = residentBytes(playground.pid());
    const answered = await visitor.fetch("/api/export");
    expect(answered.headers.get("content-type")).toBe("application/zip");
    const tail: Uint8Array[] = [];
    let [bytes, most, looked] = [0, 0, 0];
    for await (const piece of answered.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += piece.byteLength;
      if (bytes > 2 * GIB) tail.push(piece);
      if (bytes - looked < 20 * MB) continue;
      looked = bytes;
      most = Math.max(most, residentBytes(playground.pid()));
    }
    expect(bytes).toBeGreaterThan(2 * GIB);
    expect(most - before).toBeLessThan(MAX_GROWTH_BYTES);
    expect(Buffer.concat(tail).toString("latin1")).toContain("manifest.json");
  });

  await test.step("a readable archive that says what is missing, when the copies are cut", async () => {
    for (const file of files) truncateSync(file, 1_000);
    const zip = Buffer.from(await (await visitor.fetch("/api/export")).arrayBuffer());
    const archive = await yauzl.fromBufferPromise(zip);
    const names: string[] = [];
    for await (const entry of archive.eachEntry()) names.push(`${entry.fileName} ${entry.uncompressedSize}`);
    expect(names).toEqual([expect.stringMatching(/^manifest\.json \d+$/)]);
    expect(zip.toString("latin1").match(/Its copy could not be read\./g)).toHaveLength(2);
  });
});
