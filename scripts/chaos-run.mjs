import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { orRefuse, runBin } from "./run.mjs";

/** `npm run chaos`: kills the server 200 times, prints the table, and fails when a press was lost or paid for twice. */
export const chaosRun = () =>
  orRefuse(async () => {
    await install();
    await build({ quiet: true });
    const { code } = await runBin("playwright", ["test", "--config=e2e/chaos/chaos.config.ts"]);
    process.exitCode = code;
  });
