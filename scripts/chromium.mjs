import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { Refusal, ROOT, run, runBin } from "./run.mjs";

const SYSTEM_CHROMIUMS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const DOWNLOAD_TIMEOUT_MS = 240_000;
const VERSION_TIMEOUT_MS = 20_000;

// On Ubuntu chromium-browser may be a stub that only says where to get one, so each candidate is asked its version.
async function works(file) {
  if (!file || !existsSync(file)) return false;
  if (process.platform === "win32") return true;
  return (await run(file, ["--version"], { quiet: true, timeoutMs: VERSION_TIMEOUT_MS })).code === 0;
}

function playwrightsOwn() {
  const { chromium } = createRequire(`${ROOT}package.json`)("@playwright/test");
  return chromium.executablePath();
}

async function firstThatWorks(files) {
  for (const file of files) if (await works(file)) return file;
  return null;
}

/** Debian's package, when this is a Debian and we may install. The answer is npm-like: 0 is success. */
async function installFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.log("Installing Chromium from the system's packages ...");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { quiet: true, env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { quiet: true, env });
}

/** The path of a Chromium that runs: one named by CHROMIUM_PATH, one found, one fetched by Playwright, one from Debian. */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await works(named)) return named;
    throw new Refusal(`CHROMIUM_PATH names ${named}, which is not a browser that runs here.`);
  }
  const found = await firstThatWorks([...SYSTEM_CHROMIUMS, playwrightsOwn()]);
  if (found) return found;
  console.log("Fetching a Chromium for the end-to-end tests ...");
  await runBin("playwright", ["install", "chromium"], { quiet: true, timeoutMs: DOWNLOAD_TIMEOUT_MS });
  const fetched = await firstThatWorks([playwrightsOwn()]);
  if (fetched) return fetched;
  await installFromDebian();
  const installed = await firstThatWorks(SYSTEM_CHROMIUMS);
  if (installed) return installed;
  throw new Refusal(
    "No Chromium was found, and none could be fetched: install Chromium or Chrome, or set CHROMIUM_PATH to one, and run npm test again.",
  );
}
