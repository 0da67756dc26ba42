import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "@playwright/test";

// `npm test` finds a browser and names it here; `npx playwright test` by hand takes Debian's, else Playwright's own.
const chromium = process.env.CHROMIUM_PATH ?? ["/usr/bin/chromium"].find((file) => existsSync(file));
const isRoot = process.getuid?.() === 0;

// Left out rather than skipped: a test that does not run counts as failed in `npm test`. `.ci/run` starts a Postgres first.
const hasPostgres = Boolean(process.env.TEST_POSTGRES_URL);
if (!hasPostgres && process.env.TEST_WORKER_INDEX === undefined) {
  console.log("Without TEST_POSTGRES_URL the specs about Postgres (*.postgres.spec.ts) are left out.");
}

export default defineConfig({
  testDir: "e2e",
  globalSetup: path.join(__dirname, "e2e/fixtures/build.ts"),
  testMatch: "**/*.spec.ts",
  testIgnore: hasPostgres ? [] : "**/*.postgres.spec.ts",
  outputDir: "test-results",
  // By file: tests of one file share a worker, its server and its browser, and starting those costs more than most tests.
  fullyParallel: false,
  forbidOnly: true,
  // Most of a test is waiting, so two cores serve three; with more, what is timed begins to suffer.
  workers: 3,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1440, height: 900 },
    // Recording every page takes half as long again; `npx playwright test --trace on` does it for one spec.
    trace: "off",
    launchOptions: {
      executablePath: chromium,
      args: [
        ...(isRoot ? ["--no-sandbox"] : []),
        // The browser itself stays silent: no updates, no variations, no safe-browsing lists.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
        "--metrics-recording-only",
      ],
    },
  },
});
