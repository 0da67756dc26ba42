import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A condition the user can mend: shown as its sentence alone, without a stack. */
export class Refusal extends Error {}

/** Runs a command's body and turns a `Refusal` into one message and exit code 1. */
export async function orRefuse(body) {
  try {
    return await body();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exit(1);
  }
}

/** The arguments that run a program of node_modules with this Node, whatever the shell or the platform. */
export const BIN = {
  next: path.join(ROOT, "node_modules/next/dist/bin/next"),
  tsc: path.join(ROOT, "node_modules/typescript/bin/tsc"),
  biome: path.join(ROOT, "node_modules/@biomejs/biome/bin/biome"),
  vitest: path.join(ROOT, "node_modules/vitest/vitest.mjs"),
  playwright: path.join(ROOT, "node_modules/@playwright/test/cli.js"),
};

/**
 * Runs a program to its end in the project's folder.
 * `quiet` keeps its output back (it is in the answer); `timeoutMs` kills it. A program that cannot be started has code 127.
 */
export function run(command, args, { env = {}, quiet = false, timeoutMs, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
      timeout: timeoutMs,
      shell,
    });
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** `run` for a program of node_modules. */
export const runBin = (name, args, options) => run(process.execPath, [BIN[name], ...args], options);
