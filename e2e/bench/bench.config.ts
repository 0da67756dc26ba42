import { defineConfig } from "@playwright/test";
import config from "../../playwright.config";

/** `npm run bench`: one measurement at a time, so that none disturbs another. */
export default defineConfig(config, {
  testDir: ".",
  testMatch: "**/*.bench.ts",
  outputDir: "../../test-results",
  fullyParallel: false,
  workers: 1,
  timeout: 240_000,
  reporter: [["dot"]],
  use: { trace: "off", actionTimeout: 10_000 },
});
