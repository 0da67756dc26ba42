import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { png } from "./fixtures/picture-files";
import { test } from "./fixtures/postgres";
import { newDataDir, startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { newVisitor } from "./fixtures/visitor";

const PLACE_BYTES = 4_096;
const FIT = 5;

test("uploads that come to two servers at once take no more than is given to them together", async ({ database }) => {
  const picture = await png(60, 40);
  const room = FIT * (picture.length + PLACE_BYTES);
  const dataDir = newDataDir();
  const env = { DATABASE_URL: database.url, UPLOADS_MAX_BYTES: String(room) };
  const servers = await Promise.all([startPlayground({ env, dataDir }), startPlayground({ env, dataDir })]);
  const visitors = await Promise.all(Array.from({ length: 12 }, (_, at) => newVisitor(servers[at % 2]?.url ?? "")));
  const statuses: number[] = [];
  // All at once, and then one after the other: of what is left each server has only its share for what is on the way.
  const send = async (visitor: (typeof visitors)[number]) => {
    const sent = await visitor.fetch("/api/uploads", { method: "POST", body: new Uint8Array(picture) });
    return { visitor, status: sent.status };
  };
  const together = await Promise.all(visitors.map(send));
  statuses.push(...together.map(({ status }) => status));
  for (const { visitor, status } of together) if (status !== 201) statuses.push((await send(visitor)).status);
  expect([...new Set(statuses)].sort()).toEqual([201, 507]);
  const rows = await database.query<{ bytes: string }>("select sum(bytes + 4096) as bytes from uploads");
  expect(Number(rows[0]?.bytes)).toBeLessThanOrEqual(room);
  const kept = statuses.filter((status) => status === 201).length;
  expect(kept).toBeLessThanOrEqual(FIT);
  expect(kept).toBeGreaterThan(0);
  const files = readdirSync(path.join(dataDir, "uploads"), { recursive: true, encoding: "utf8" })
    .map((name) => statSync(path.join(dataDir, "uploads", name)))
    .filter((found) => found.isFile());
  expect(files.map(({ size }) => size)).toEqual(Array(kept).fill(picture.length));
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(dataDir, { recursive: true });
});
