import { runChaos, tableOf } from "./chaos/chaos";
import { test } from "./fixtures/postgres";
import { expect } from "./fixtures/test";

// The same rounds with every run; `npm run chaos` takes others, and more.
const SEED = 5;
const ROUNDS = 25;

test("25 kills at random moments lose no press on Postgres, and pay for none twice", async ({ database }) => {
  test.setTimeout(300_000);
  const report = await runChaos({ seed: SEED, rounds: ROUNDS, env: { DATABASE_URL: database.url } });
  console.log(tableOf("Chaos on Postgres", report));
  expect(report.findings).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(ROUNDS);
  expect([report.reserved, report.spent]).toEqual([0, report.owed]);
});
