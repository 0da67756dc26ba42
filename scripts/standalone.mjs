import { listenAddress, NOBODY_ELSE } from "./environment.mjs";
import { orRefuse } from "./run.mjs";

/**
 * Starts the standalone output in this very process, so that it gets the container's signals itself. A container's own
 * HOSTNAME is its name, not where to listen, so the rule of HOST is put in its place; nothing else is set.
 */
await orRefuse(async () => {
  const address = listenAddress();
  process.env.PORT = String(address.port);
  process.env.HOSTNAME = address.host ?? "0.0.0.0";
  if (address.isHeld) console.log(NOBODY_ELSE);
  await import(new URL("../server.js", import.meta.url).href);
});
