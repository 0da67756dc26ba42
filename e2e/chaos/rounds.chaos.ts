import { expect, test } from "@playwright/test";
import { createDatabase, POSTGRES_URL } from "../fixtures/postgres";
import { runChaos, tableOf } from "./chaos";

const ROUNDS = Number(process.env.CHAOS_ROUNDS || 200);
const SEED = Number(process.env.CHAOS_SEED || Date.now() % 1_000_000);

for (const name of POSTGRES_URL ? ["SQLite", "Postgres"] : ["SQLite"]) {
  test(`chaos on ${name}`, async () => {
    console.log(`${name}: ${ROUNDS} rounds with seed ${SEED} (CHAOS_SEED=${SEED} plans the same ones again)`);
    const database = name === "Postgres" ? await createDatabase() : null;
    const env: Record<string, string> = database ? { DATABASE_URL: database.url } : {};
    const report = await runChaos({ seed: SEED, rounds: ROUNDS, env }).finally(() => database?.drop());
    console.log(tableOf(name, report));
    expect(report.findings).toEqual([]);
    expect([report.reserved, report.spent]).toEqual([0, report.owed]);
  });
}
