import { build } from "./build.mjs";
import { findChromium } from "./chromium.mjs";
import { install } from "./install.mjs";
import { orRefuse, runBin } from "./run.mjs";

/** `npm run bench`: prints the budgets as a table. It fails only when something could not be measured. */
export const benchRun = () =>
  orRefuse(async () => {
    await install();
    const env = { CHROMIUM_PATH: await findChromium() };
    await build({ quiet: true });
    const { code } = await runBin("playwright", ["test", "--config=e2e/bench/bench.config.ts"], { env });
    process.exitCode = code;
  });
