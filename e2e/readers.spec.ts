import { setTimeout as delay } from "node:timers/promises";
import type { GenerationsAnswer } from "../lib/generations/schema";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";

const READERS = 100;
const READ_FOR_MS = 30_000;
/** Each reader reads this often at least, on however slow a machine. */
const MIN_ROUNDS = 5;
const INTERVAL_MS = 1_000;
/** How much earlier than an interval a request may seem to come, by the time it takes to travel. */
const TRAVEL_MS = 150;

test("100 readers of one task and of its events cost MindVideo one request an interval", async ({ page, vendor }) => {
  test.setTimeout(READ_FOR_MS + 60_000);
  vendor.set({ hold: "queued" });
  const screen = await new Screen(page).open();
  await screen.press("read by a hundred");
  await screen.says("Queued");
  const [{ id } = { id: "" }] = await storedGenerations(page);
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const origin = new URL(page.url()).origin;
  await page.goto("about:blank");

  const from = Date.now();
  let reads = 0;
  let taskId = "";
  const reader = async () => {
    for (let round = 0; Date.now() < from + READ_FOR_MS || round < MIN_ROUNDS; round += 1) {
      const [generations, events] = await Promise.all([
        fetch(`${origin}/api/generations?ids=${id}`, { headers: { cookie } }),
        fetch(`${origin}/api/generations/${id}/events`, { headers: { cookie } }),
      ]);
      expect([generations.status, events.status]).toEqual([200, 200]);
      const {
        generations: [read],
        pollAfterMs,
      } = (await generations.json()) as GenerationsAnswer;
      expect(read?.id).toBe(id);
      taskId = read?.taskId ?? "";
      await events.arrayBuffer();
      reads += 2;
      // As a browser does: ask again when the server says that there may be something to learn.
      await delay(pollAfterMs ?? INTERVAL_MS);
      if (Date.now() > from + READ_FOR_MS / 2) vendor.set({ hold: "processing" });
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  const until = Date.now();
  const intervals = (until - from) / INTERVAL_MS;
  vendor.set({ hold: null });

  // Of this task alone: what an earlier test left unfinished is asked about too.
  const ours = (path: string) => taskId !== "" && path.split("/").includes(taskId);
  const seen = vendor.requests().filter(({ at, path }) => at >= from && at < until && ours(path));
  const polls = seen.filter((request) => request.kind === "task");
  const gaps = polls.slice(1).map((poll, index) => poll.at - (polls[index]?.at ?? 0));
  test.info().annotations.push({ type: "reads", description: `${reads} reads, ${polls.length} polls` });
  expect(reads).toBeGreaterThan(polls.length * 10);
  expect(polls.length).toBeLessThanOrEqual(intervals + 1);
  expect(polls.length).toBeGreaterThan(intervals / 5);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(INTERVAL_MS - TRAVEL_MS);
  // Events are asked for when the status changes, which it did once.
  expect(seen.filter((request) => request.kind === "events")).toHaveLength(1);
});
