import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { orRefuse, runBin } from "./run.mjs";

/** `npm run fuzz`: sends ten thousand spoilt requests and prints who answered what. FUZZ_SEED sends the same ones again. */
export const fuzzRun = () =>
  orRefuse(async () => {
    await install();
    await build({ quiet: true });
    const { code } = await runBin("playwright", ["test", "--config=e2e/fuzz/fuzz.config.ts"]);
    process.exitCode = code;
  });
