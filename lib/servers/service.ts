import "server-only";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { env } from "@/lib/env";
import { metrics } from "@/lib/metrics";
import { countServers } from "@/lib/servers/data";
import { deleteServer, insertServer, type Server, touchServer } from "@/lib/servers/mutations";
import { dataDirId } from "@/lib/servers/store";

type State = {
  self: Server | null;
  /** How many servers there are, this one included, as it last heard. */
  live: number;
  isStopping: boolean;
  working: Set<Promise<unknown>>;
};

// On `globalThis` for the same reason as the database: Next bundles pages, routes and instrumentation apart.
const shared = globalThis as { playgroundServer?: State };
shared.playgroundServer ??= { self: null, live: 1, isStopping: false, working: new Set() };
const state = shared.playgroundServer;

/** A condition the owner can mend: told as its sentence alone. */
export class StartRefusal extends Error {
  override name = "StartRefusal";
}

/**
 * Takes this server in among those of its database. @throws {StartRefusal} when another one lives whose files this one would
 * not see: uploads and copies are files, and half of them would be missing for everybody.
 */
export async function joinServers(): Promise<void> {
  const { dataDir, databaseUrl, uploadThing } = env();
  const self = { id: randomUUID(), dataDir: await dataDirId(dataDir) };
  // A SQLite database lies in the folder itself.
  const mayBeApart = databaseUrl === null || uploadThing !== null;
  if (!(await insertServer(self, mayBeApart, Date.now()))) {
    throw new StartRefusal(
      `another server uses this database with a DATA_DIR of its own, and each would miss the other's files. Give all of them the same folder (DATA_DIR is ${dataDir} here), or set UPLOADTHING_TOKEN. If that server is stopped already, start this one again in half a minute.`,
    );
  }
  state.self = self;
  await listen();
}

/** Says that this server lives, and hears how many do, this one included. */
export async function heartbeat(): Promise<number> {
  if (state.self) {
    await touchServer(state.self, Date.now());
    await listen();
  }
  return state.live;
}

async function listen(): Promise<void> {
  state.live = Math.max(1, await countServers(Date.now()));
  metrics().servers.set(state.live);
}

/** How many servers share what all of them may do together, at least 1. */
export const liveServers = (): number => state.live;

/** Whether this server was told to stop: it then begins nothing new, and claims nothing. */
export const isStopping = (): boolean => state.isStopping;

/**
 * Does a piece of work that nobody waits for, and that a server which is told to stop should still finish: it is given
 * `STOP_WAIT_MS`. Long work looks at `isStopping` between its steps.
 */
export function inFlight<T>(work: () => Promise<T>): Promise<T> {
  const running = work();
  const done = running.then(
    () => {},
    () => {},
  );
  state.working.add(done);
  void done.then(() => state.working.delete(done));
  return running;
}

/** Begins nothing any more, and waits at most `waitMs` for what has begun. @returns whether all of it was finished. */
export async function finishWork(waitMs: number): Promise<boolean> {
  state.isStopping = true;
  const until = Date.now() + waitMs;
  // What ends may have begun something else on its way.
  while (state.working.size > 0 && Date.now() < until) {
    await Promise.race([Promise.all(state.working), delay(until - Date.now())]);
  }
  return state.working.size === 0;
}

/** Leaves in good order. A database that is away is not waited for. */
export async function leaveServers(): Promise<void> {
  if (state.self) await deleteServer(state.self.id).catch(() => {});
}
