import { expect } from "@playwright/test";
import { startPlayground } from "../fixtures/server";
import { startVendor } from "../fixtures/vendor";
import { type Fuzzed, fuzz } from "./run";

/** Memory that a server may have taken between the first requests and the last, whatever their number. */
const GROWTH_MB = 160;
/** Files and connections that come and go by themselves: the database's, the log's. */
const FILES_SLACK = 6;
const CODE = "fuzz-access-code";
const CRON_SECRET = "fuzz-cron-secret-0123";
const METRICS_TOKEN = "fuzz-metrics-token-0123";

// With little room what leaks shows soon, and what only waits to be collected does not.
const secrets = { CRON_SECRET, METRICS_TOKEN, NODE_OPTIONS: "--max-old-space-size=192 --max-semi-space-size=8" };
const bearers = [CRON_SECRET, METRICS_TOKEN];

export type Amount = { seed: number; count: number; first?: number };

function mustBeWell(title: string, { seed, count }: Amount, fuzzed: Fuzzed): void {
  const { table, problems, memory, openFiles, tried } = fuzzed;
  const grown = `memory ${memory.before.toFixed(0)} -> ${memory.after.toFixed(0)} MB`;
  console.log(`\n${title}, seed ${seed}: ${grown}, open files ${openFiles.before} -> ${openFiles.after}\n${table}\n`);
  const few = problems.slice(0, 60).join("\n");
  expect(problems.length, `${problems.length} problems with FUZZ_SEED=${seed}; the first:\n${few}`).toBe(0);
  expect(memory.after - memory.before, "megabytes of growth").toBeLessThan(GROWTH_MB);
  expect(openFiles.after - openFiles.before, "files left open").toBeLessThanOrEqual(FILES_SLACK);
  const fair = count / tried.size;
  for (const [door, times] of tried) expect(times, `requests to ${door}`).toBeGreaterThan(fair / 4);
}

/** On the sandbox, where everything is open. */
export async function fuzzSandbox(amount: Amount): Promise<void> {
  const playground = await startPlayground({ env: secrets });
  try {
    mustBeWell("The sandbox", amount, await fuzz({ playground, bearers, ...amount }));
  } finally {
    await playground.stop();
  }
}

/** With a key, a code and a limit of money, against a vendor over HTTP. */
export async function fuzzVendor(amount: Amount): Promise<void> {
  const vendor = await startVendor();
  const limits = {
    ACCESS_CODE: CODE,
    SPEND_LIMIT_DAILY: "1000",
    SPEND_LIMIT_VISITOR_DAILY: "100",
    TRUST_PROXY: "true",
  };
  const playground = await startPlayground({ env: { ...secrets, ...vendor.env, ...limits } });
  try {
    mustBeWell("MindVideo", amount, await fuzz({ playground, bearers, code: CODE, ...amount }));
  } finally {
    await playground.stop();
    await vendor.close();
  }
}
