import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "./build.mjs";
import { findChromium } from "./chromium.mjs";
import { install } from "./install.mjs";
import { runBin } from "./run.mjs";

/** A result is `{ passed, failed }`; a step that could not run at all is one failure. */
const pass = { passed: 1, failed: 0 };
const fail = { passed: 0, failed: 1 };

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** Runs one step, says how it went, and never throws: what breaks is a failure to be counted. */
async function step(name, body) {
  const started = Date.now();
  let result;
  try {
    result = await body();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    result = fail;
  }
  const verdict = result.failed === 0 ? `${result.passed} passed` : `${result.failed} FAILED, ${result.passed} passed`;
  console.log(`--- ${name}: ${verdict} (${seconds(started)})\n`);
  return result;
}

async function inTurn(bodies) {
  const results = [];
  for (const body of bodies) results.push(await body());
  return results;
}

/** One test whose output matters only when it fails. */
async function quietly(name, args, options) {
  const { code, output } = await runBin(name, args, { quiet: true, ...options });
  if (code !== 0) console.error(output);
  return code === 0 ? pass : fail;
}

async function types() {
  const generated = await quietly("next", ["typegen"]);
  return generated.failed ? generated : quietly("tsc", ["--noEmit"]);
}

async function compiled() {
  await build({ quiet: true });
  return { passed: 0, failed: 0 };
}

const lint = () => quietly("biome", ["check", "--error-on-warnings", "--max-diagnostics=100"]);

// A skipped test is one that cannot fail, and this house has none: it counts as a failure.
export function countVitest(report, code) {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return settled({ passed: report.numPassedTests, failed: report.numFailedTests + broken + skipped }, skipped, code);
}

export function countPlaywright(report, code) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return settled({ passed: expected, failed: unexpected + flaky + skipped + report.errors.length }, skipped, code);
}

function settled(result, skipped, code) {
  if (skipped > 0) console.error(`${skipped} tests did not run; each counts as failed.`);
  if (result.passed + result.failed === 0) console.error("No test was found.");
  // An error outside every test (an unhandled rejection, say) shows in the exit code alone.
  const isBroken = (code !== 0 && result.failed === 0) || result.passed + result.failed === 0;
  return isBroken ? { ...result, failed: 1 } : result;
}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Vitest's tests: with `NODE_ENV` unset, because it chooses the right one and a production React cannot be tested. */
async function vitest(folder, env) {
  const file = path.join(folder, "vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await runBin("vitest", args, { env: { ...env, NODE_ENV: "test" } });
  return countVitest(readJson(file), code);
}

async function endToEnd(folder, env) {
  const file = path.join(folder, "playwright.json");
  const { code } = await runBin("playwright", ["test", "--reporter=list,json"], {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_FORCE_TTY: "0" },
  });
  return countPlaywright(readJson(file), code);
}

/** Reports the sum as the last line and ends the process. */
function finish(results, started) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`everything took ${seconds(started)}`);
  console.log(`tests: ${total("passed")} passed, ${total("failed")} failed`);
  process.exitCode = total("failed") > 0 ? 1 : 0;
}

/** `npm test`: everything, on a machine that may have nothing but Node and npm. */
export async function testRun() {
  const started = Date.now();
  const folder = mkdtempSync(path.join(tmpdir(), "playground-tests-"));
  const results = [];
  try {
    const prepared = await step("packages and browser", async () => {
      await install();
      process.env.CHROMIUM_PATH = await findChromium();
      return { passed: 0, failed: 0 };
    });
    results.push(prepared);
    if (prepared.failed) return;
    // Neither line keeps two cores busy by itself. What is timed in a browser comes after, alone.
    const [[built, ...checked], tested] = await Promise.all([
      inTurn([() => step("build", compiled), () => step("types", types), () => step("lint", lint)]),
      step("unit and integration", () => vitest(folder)),
    ]);
    results.push(built, ...checked, tested);
    results.push(
      await step("end to end", () => {
        if (built.failed) throw new Error("The end-to-end tests need a build.");
        return endToEnd(folder);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
    finish(results, started);
  }
}

/** `npm run check`: types, lint and unit tests, side by side. */
export async function checkRun() {
  const started = Date.now();
  await install();
  const folder = mkdtempSync(path.join(tmpdir(), "playground-check-"));
  try {
    const results = await Promise.all([step("types", types), step("lint", lint), step("unit", () => vitest(folder))]);
    finish(results, started);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
