import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "@playwright/test";

// `npm test` finds a browser and names it here; `npx playwright test` by hand takes Debian's, else Playwright's own.
const chromium = process.env.CHROMIUM_PATH ?? ["/usr/bin/chromium"].find((file) => existsSync(file));
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "e2e",
  globalSetup: path.join(__dirname, "e2e/fixtures/build.ts"),
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  fullyParallel: true,
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
