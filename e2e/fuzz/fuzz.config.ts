import { defineConfig } from "@playwright/test";
import config from "../../playwright.config";

/** `npm run fuzz`: many requests, one server at a time. */
export default defineConfig(config, {
  testDir: ".",
  testMatch: "**/*.fuzz.ts",
  outputDir: "../../test-results",
  fullyParallel: false,
  workers: 1,
  timeout: 1_800_000,
  reporter: [["list"]],
});
