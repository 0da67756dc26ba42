import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { GenerationsAnswer } from "../lib/generations/schema";
import { test } from "./fixtures/postgres";
import { newDataDir, type Playground, startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { startVendor } from "./fixtures/vendor";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const TASKS = 30;
const READERS = 200;
const VISITORS = 6;
const FINISHED_MS = 9_000;
const KILL_AFTER_MS = 4_000;
const VENDOR_RPS = 20;
const INTERVAL_MS = 1_000;
/** How much earlier than an interval a request may seem to come, by the time it takes to travel. */
const TRAVEL_MS = 150;
// Whatever the killed server had claimed waits for its claim to run out.
const FINISH_MS = 60_000;

test("three servers that share a database ask MindVideo like one, and one that dies is not missed", async ({
  database,
}) => {
  test.setTimeout(150_000);
  const vendor = await startVendor({ settings: { finishedMs: FINISHED_MS } });
  const dataDir = newDataDir();
  const env = {
    ...{ ...vendor.env, DATABASE_URL: database.url, VENDOR_RPS: String(VENDOR_RPS) },
    ...{ SUBMITS_PER_MINUTE: "1000", SUBMITS_PER_MINUTE_ALL: "1000" },
  };
  // At once, on a database without a table.
  const servers = await Promise.all([1, 2, 3].map(() => startPlayground({ env, dataDir })));
  const [victim, ...others] = servers as [Playground, Playground, Playground];
  expect(await database.query("select name from kysely_migration where name = '001-generations'")).toHaveLength(1);

  // A cookie of one server is good at every other.
  const visitors = await Promise.all(
    Array.from({ length: VISITORS }, (_, index) => newVisitor((servers[index % 3] as Playground).url)),
  );
  const tasks = await Promise.all(
    Array.from({ length: TASKS }, async (_, index) => {
      const by = visitors[index % VISITORS] as Visitor;
      const door = by.at((servers[(index + 1) % 3] as Playground).url);
      const id = crypto.randomUUID();
      const press = () => door.press({ id, model: "viduq3-pro", input: { prompt: `task ${index}` } });
      // As the page does: what is answered "not now" is sent again.
      await expect.poll(async () => (await press()).ok, { timeout: 20_000 }).toBe(true);
      return { id, by };
    }),
  );
  const pressedAt = Date.now();

  let isKilled = false;
  const troubles: string[] = [];
  let reads = 0;
  /** Reads until it sees the end. One whose server dies is sent to another, as a proxy in front does. */
  const reader = async (_: unknown, index: number): Promise<boolean> => {
    const { id, by } = tasks[index % TASKS] as { id: string; by: Visitor };
    let server = servers[index % 3] as Playground;
    while (Date.now() < pressedAt + FINISH_MS) {
      const read = await by
        .at(server.url)
        .fetch(`/api/generations?ids=${id}`)
        .then(async (answered) => (answered.ok ? ((await answered.json()) as GenerationsAnswer) : answered.status))
        .catch(() => "no answer");
      if (typeof read !== "object") {
        if (server !== victim || !isKilled) troubles.push(`${read} from a server that lives`);
        server = others[index % 2] as Playground;
        continue;
      }
      reads += 1;
      const { generations, pollAfterMs } = read;
      const [row] = generations;
      if (row?.id !== id || row.status === "failed") troubles.push(`${id} is ${row?.status}`);
      if (row?.status === "succeeded") return true;
      await delay(pollAfterMs ?? INTERVAL_MS);
    }
    return false;
  };
  const reading = Promise.all(Array.from({ length: READERS }, reader));
  await delay(KILL_AFTER_MS);
  isKilled = true;
  await victim.kill();
  const ends = await reading;
  const until = Date.now();

  expect(troubles).toEqual([]);
  expect(ends.filter((isSeen) => !isSeen)).toEqual([]);
  expect(vendor.ledger()).toHaveLength(TASKS);
  for (const { taskId } of vendor.ledger()) {
    const polls = vendor.requests("task").filter(({ path }) => path.endsWith(`/${taskId}`));
    const gaps = polls.slice(1).map((poll, index) => poll.at - (polls[index]?.at ?? 0));
    expect(polls.length, "somebody asked").toBeGreaterThan(0);
    expect(Math.min(INTERVAL_MS, ...gaps), taskId).toBeGreaterThanOrEqual(INTERVAL_MS - TRAVEL_MS);
  }
  // The budget is that of all servers together: a second's worth at once from each, and its rate from then on.
  const asked = vendor.requests().filter(({ kind }) => kind === "task" || kind === "submit").length;
  expect(asked).toBeLessThanOrEqual(VENDOR_RPS * ((until - pressedAt) / 1_000 + 3) + TASKS);
  test.info().annotations.push({ type: "reads", description: `${reads} reads, ${asked} requests to MindVideo` });

  await Promise.all(servers.map((server) => server.stop()));
  await vendor.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a server with files of its own does not join, and says why", async ({ database }) => {
  const env = { DATABASE_URL: database.url };
  const first = await startPlayground({ env });
  const second = await startPlayground({ env }).then(
    () => "started",
    (error: Error) => error.message,
  );
  expect(second).toContain("another server uses this database with a DATA_DIR of its own");
  expect(second).not.toContain("    at ");
  await first.stop();
  // It left in good order: nobody has to wait until it is taken for dead.
  const third = await startPlayground({ env });
  await third.stop();
});
