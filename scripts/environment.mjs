import path from "node:path";
import { pathToFileURL } from "node:url";
import { Refusal, ROOT } from "./run.mjs";

const inProject = (file) => import(pathToFileURL(path.join(ROOT, "node_modules", file)).href);

/** Adds `.env`, `.env.local` and so on to `process.env`, by Next's own reader, so that both see the same. */
export async function readEnvFiles() {
  const { default: nextEnv } = await inProject("@next/env/dist/index.js");
  nextEnv.loadEnvConfig(ROOT, false, { info() {}, error: console.error });
}

/**
 * Parses the environment with the server's own parser, before a build is spent on it.
 * The server checks it again when it starts, which is why a missing Vite (a production installation) is no reason to stop.
 *
 * @param {Record<string, string | undefined>} source
 */
export async function checkEnvironment(source = process.env) {
  const vite = await import("vite").catch(() => null);
  if (!vite) return;
  const { module } = await vite.runnerImport(path.join(ROOT, "lib/env.ts"), {
    root: ROOT,
    configFile: false,
    envFile: false,
    logLevel: "silent",
    resolve: { alias: { "@": ROOT, "server-only": path.join(ROOT, "node_modules/server-only/empty.js") } },
  });
  try {
    return module.parseEnv(source);
  } catch (error) {
    if (error instanceof module.EnvError) throw new Refusal(error.message);
    throw error;
  }
}

const isLoopback = (host) => ["localhost", "::1"].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Where to listen, from PORT, HOST, and whether anything stands between strangers and a real key. `host` null is every
 * address of this machine. `isHeld`: a key is set and neither an access code nor a limit for all, so whatever HOST says, nobody
 * but this machine gets in. A limit for each visitor is none: whoever throws the cookie away is a new visitor.
 *
 * @param {Record<string, string | undefined>} source
 */
export function listenAddress(source = process.env) {
  const portText = source.PORT?.trim() || "3000";
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port < 1 || port > 65_535) {
    throw new Refusal("PORT must be a whole number from 1 to 65535, for example PORT=3001 npm start.");
  }
  const isSet = (name) => Boolean(source[name]?.trim());
  const isHeld = isSet("MINDVIDEO_API_KEY") && !isSet("ACCESS_CODE") && !isSet("SPEND_LIMIT_DAILY");
  const host = source.HOST?.trim() || null;
  return { port, host: isHeld && !(host && isLoopback(host)) ? "127.0.0.1" : host, isHeld };
}

/** What is said where `isHeld` is true. */
export const NOBODY_ELSE = [
  "Only this machine can reach it, whatever HOST says: anybody who can open the page would spend on that key.",
  "To let others in, set ACCESS_CODE (only who knows it comes in) or SPEND_LIMIT_DAILY (no more is spent in a day).",
  "SPEND_LIMIT_VISITOR_DAILY alone is not enough: whoever deletes the cookie is a new visitor.",
].join("\n");

/** Where a server that listens at this address can be asked, from its own machine, whether it is well. */
export function healthUrl({ port, host }) {
  const isEverywhere = host === null || host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}/api/health`;
}
