import { healthUrl, listenAddress } from "./environment.mjs";

const TIMEOUT_MS = 4_000;

/** For a container's health check: ends with 0 when the server that was started with this environment can do its work. */
const isHealthy = await fetch(healthUrl(listenAddress()), { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
  (answer) => answer.ok,
  () => false,
);
process.exit(isHealthy ? 0 : 1);
