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

/**
 * Where to listen, from PORT, HOST and whether a key is set. `host` null is every address of this machine.
 *
 * @param {Record<string, string | undefined>} source
 */
export function listenAddress(source = process.env) {
  const portText = source.PORT?.trim() || "3000";
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port < 1 || port > 65_535) {
    throw new Refusal("PORT must be a whole number from 1 to 65535, for example PORT=3001 npm start.");
  }
  const hasKey = Boolean(source.MINDVIDEO_API_KEY?.trim());
  const host = source.HOST?.trim() || null;
  return { port, host: host ?? (hasKey ? "127.0.0.1" : null), isHostChosen: host !== null, hasKey };
}

/** What a key alone leads to: `listenAddress` keeps others out until something keeps the bill in bounds. */
export const NOBODY_ELSE = [
  "Only this machine can reach it, because anybody who can would spend on that key: this version has no access code",
  "and no spending limit yet. Set HOST (for example HOST=0.0.0.0) only behind something that checks who comes in.",
].join("\n");

/** Where a server that listens at this address can be asked, from its own machine, whether it is well. */
export function healthUrl({ port, host }) {
  const isEverywhere = host === null || host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}/api/health`;
}
