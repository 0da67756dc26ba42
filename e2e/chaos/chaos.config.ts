import { defineConfig } from "@playwright/test";
import config from "../../playwright.config";

/** `npm run chaos`: 200 kills on SQLite, and as many on Postgres where TEST_POSTGRES_URL names one, side by side. */
export default defineConfig(config, {
  testDir: ".",
  testMatch: "**/*.chaos.ts",
  testIgnore: [],
  outputDir: "../../test-results",
  workers: 2,
  timeout: 3_600_000,
  reporter: [["dot"]],
});
