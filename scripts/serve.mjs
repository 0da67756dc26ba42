import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { build } from "./build.mjs";
import { checkEnvironment, healthUrl, listenAddress, NOBODY_ELSE, readEnvFiles } from "./environment.mjs";
import { install } from "./install.mjs";
import { BIN, orRefuse, Refusal, ROOT } from "./run.mjs";

const HEALTH_POLL_MS = 100;
const HEALTH_TIMEOUT_MS = 5_000;
// Next's own greeting, which would stand beside ours and name other addresses.
const NEXT_BANNER = /^\s*(▲ Next\.js|- (Local|Network|Environments):|✓ (Starting|Ready|Running))|^\s*$/;

const errorOf = (port, host) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve(error.code));
    probe.listen({ port, host: host ?? undefined, exclusive: true }, () => probe.close(() => resolve(null)));
  });

/** Refuses a port that somebody else has. Loopback is asked too: some systems let two servers share a port otherwise. */
async function checkPort({ port, host }) {
  for (const address of host ? [host] : [null, "127.0.0.1"]) {
    const code = await errorOf(port, address);
    if (code === "EADDRINUSE") {
      throw new Refusal(
        `Port ${port} is in use by another program: stop that one, or take another port with PORT=${port === 65_535 ? 3000 : port + 1} npm start.`,
      );
    }
    if (code === "EACCES")
      throw new Refusal(
        `This user may not listen on port ${port}: take one above 1023, for example PORT=3000 npm start.`,
      );
    if (code)
      throw new Refusal(
        `The playground cannot listen on HOST=${host} (${code}): HOST must be an address of this machine.`,
      );
  }
}

function addressOf({ port, host }) {
  const isEverywhere = host === null || host === "0.0.0.0" || host === "::";
  const name = isEverywhere || host === "127.0.0.1" || host === "::1" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

function greeting(address, health) {
  const lines = [`MindVideo Playground is at ${addressOf(address)}`];
  if (health.upstream === "sandbox") {
    lines.push("The sandbox answers in MindVideo's place: nothing is sent to MindVideo and nothing costs anything.");
    lines.push("To use MindVideo itself, set MINDVIDEO_API_KEY in .env.local (see .env.example).");
  } else {
    lines.push("MindVideo is used, with the key of this environment: what visitors generate is charged to it.");
  }
  if (address.isHeld) lines.push(NOBODY_ELSE);
  return lines.join("\n");
}

async function healthOf(address) {
  try {
    const answer = await fetch(healthUrl(address), { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    // Not listening yet, or too busy to answer in time.
    return null;
  }
}

async function whenHealthy(address, isOver) {
  while (!isOver()) {
    const health = await healthOf(address);
    if (health?.ok) return health;
    await new Promise((resolve) => setTimeout(resolve, HEALTH_POLL_MS));
  }
  return null;
}

/** Serves the build until it is told to stop, and ends this process the way the server ended. */
async function runServer(address) {
  const args = [BIN.next, "start", "-p", String(address.port), ...(address.host ? ["-H", address.host] : [])];
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PORT: String(address.port) };
  const server = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  // Whatever ends this process, no server stays behind without anybody to stop it.
  process.on("exit", () => server.kill("SIGKILL"));
  let ended = false;
  let isStopping = false;
  createInterface({ input: server.stdout }).on("line", (line) => {
    if (!NEXT_BANNER.test(line)) console.log(line);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      isStopping = true;
      // Next knows SIGINT and SIGTERM only; a closed terminal is a request to stop like any other.
      server.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    });
  }
  const end = new Promise((resolve) => {
    server.on("close", (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  const health = await whenHealthy(address, () => ended);
  if (health) console.log(greeting(address, health));
  const { code, signal } = await end;
  if (isStopping) process.exit(0);
  console.error(
    health
      ? `The server ended by itself (${signal ?? `code ${code}`}).`
      : "The server could not start: the reason stands above.",
  );
  process.exit(code || 1);
}

/** `npm start`: from whatever state the folder is in to a running playground. */
export const serve = () =>
  orRefuse(async () => {
    await install();
    await readEnvFiles();
    const address = listenAddress();
    await checkEnvironment();
    await checkPort(address);
    await build();
    await runServer(address);
  });
