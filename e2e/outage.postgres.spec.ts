import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import type { Generation } from "../lib/generations/schema";
import { expectAccessible } from "./fixtures/axe";
import { startOwnPostgres } from "./fixtures/own-postgres";
import { png } from "./fixtures/picture-files";
import { newDataDir, startPlayground } from "./fixtures/server";
import { startVendor } from "./fixtures/vendor";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const AWAY_MS = 20_000;
const FROZEN_MS = 6_000;
/** What anybody waits for a database that is known to be away, on a machine that is busy. */
const ANSWER_MS = 5_000;
const HEALTH = "/api/health";

type Seen = { path: string; status: number; ms: number; retryAfter: string | null; body: string };

async function look(visitor: Visitor, path: string): Promise<Seen> {
  const from = Date.now();
  const answered = await visitor.fetch(path);
  const body = await answered.text();
  return {
    path,
    status: answered.status,
    ms: Date.now() - from,
    retryAfter: answered.headers.get("retry-after"),
    body,
  };
}

test("a database that is stopped for 20 s costs 503s, and nothing else", async ({ page }) => {
  test.setTimeout(150_000);
  const [postgres, vendor] = await Promise.all([startOwnPostgres(), startVendor({ settings: { finishedMs: 3_000 } })]);
  const dataDir = newDataDir();
  const env = { ...vendor.env, DATABASE_URL: postgres.url, SUBMITS_PER_MINUTE: "1000", ACTIVE_LIMIT_VISITOR: "100" };
  const servers = await Promise.all([startPlayground({ env, dataDir }), startPlayground({ env, dataDir })]);
  const visitor = await newVisitor(servers[0].url);
  const doors = servers.map(({ url }) => visitor.at(url)) as [Visitor, Visitor];
  const ids: string[] = [];
  const accepted: Promise<Generation>[] = [];

  /** As the page does: the same press again, until there is an answer. */
  const press = async (by: Visitor): Promise<Generation> => {
    const id = randomUUID();
    ids.push(id);
    for (;;) {
      const result = await by.press({ id, model: "viduq3-pro", input: { prompt: id } }).catch(() => undefined);
      if (result?.ok) return result.value;
      // Nothing else is ever answered.
      if (result) expect(result.error.code).toBe("unavailable");
      await delay(500);
    }
  };
  const paths = () => [
    `/api/generations?ids=${ids.slice(0, 20).join(",")}`,
    "/",
    `/api/generations/${ids[0]}/events`,
    HEALTH,
  ];
  /** Looks at everything through both doors until `until`, and presses now and then. */
  const use = async (until: number): Promise<Seen[]> => {
    const seen: Seen[] = [];
    while (Date.now() < until) {
      accepted.push(press(doors[ids.length % 2] as Visitor));
      seen.push(...(await Promise.all(doors.flatMap((door) => paths().map((path) => look(door, path))))));
      await delay(1_000);
    }
    return seen;
  };
  const expectCalm = (seen: Seen[]) => {
    expect(seen.length).toBeGreaterThan(8);
    for (const { path, status, ms, retryAfter, body } of seen) {
      expect([path, status]).toEqual([path, 503]);
      expect(ms, path).toBeLessThan(ANSWER_MS);
      expect(Number(retryAfter)).toBeGreaterThan(0);
      if (path === "/") expect(body).toContain("The playground will be back in a moment.");
      else if (path === HEALTH) expect(JSON.parse(body)).toMatchObject({ ok: false });
      else expect(JSON.parse(body)).toMatchObject({ error: { code: "unavailable" } });
    }
  };
  const expectWell = async () => {
    for (const path of paths()) {
      for (const door of doors) await expect.poll(async () => (await look(door, path)).status, path).toBe(200);
    }
  };

  accepted.push(press(doors[0]), press(doors[1]));
  await Promise.all(accepted);

  await test.step("stopped", async () => {
    postgres.stop();
    // The first to notice may be in the middle of something.
    await expect.poll(async () => (await look(doors[0], HEALTH)).status).toBe(503);
    const file = { method: "POST", body: new Uint8Array(await png()), headers: { "X-File-Name": "plot.png" } };
    const upload = await doors[1].fetch("/api/uploads", file);
    expect([upload.status, upload.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await upload.json()).toMatchObject({ error: { code: "unavailable" } });
    const starting = startPlayground({ env, dataDir });
    await page.goto(servers[0].url);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The playground will be back in a moment.");
    await expectAccessible(page, "a page without its database");
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, "a page without its database, on a phone");
    expectCalm(await use(Date.now() + AWAY_MS));
    postgres.start();
    // A server that started meanwhile has waited.
    await (await starting).stop();
    await expectWell();
  });

  await test.step("there, and silent", async () => {
    postgres.freeze();
    for (const door of doors) await expect.poll(async () => (await look(door, HEALTH)).status).toBe(503);
    const seen = await use(Date.now() + FROZEN_MS);
    postgres.thaw();
    expectCalm(seen);
    await expectWell();
  });

  await test.step("nothing is lost", async () => {
    const rows = await Promise.all(accepted);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
    for (const id of ids) {
      await expect.poll(async () => (await doors[0].generation(id))?.status, { timeout: 45_000 }).toBe("succeeded");
    }
    expect(
      vendor
        .ledger()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  await test.step("the log says it in a few lines, and no server was started again", async () => {
    for (const server of servers) {
      const lines = server
        .output()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
      const events = (name: string) => lines.filter(({ event }) => event === name);
      expect(events("started")).toHaveLength(1);
      expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
      expect(events("database_away").length).toBeLessThan(6);
      expect(events("database_back")).toHaveLength(events("database_away").length);
      expect(events("database_connection_lost").length).toBeLessThan(8);
      expect(server.output()).not.toContain("An error occurred in a function passed to");
    }
  });

  await Promise.all(servers.map((server) => server.stop()));
  await vendor.close();
  postgres.remove();
  rmSync(dataDir, { recursive: true, force: true });
});
