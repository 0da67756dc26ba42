import "server-only";
import { db } from "@/lib/db/client";
import { EnvError, env } from "@/lib/env";
import { startSweep } from "@/lib/generations/reconcile";
import { log } from "@/lib/log";
import { defaultModel } from "@/lib/models/catalogue";

/** Brings a server up: reads the environment and the models, opens the database, starts the sweep. */
export async function start(): Promise<void> {
  try {
    const { upstream, databaseUrl } = env();
    defaultModel();
    await db();
    log.info({ event: "started", upstream, database: databaseUrl ? "postgres" : "sqlite" });
  } catch (error) {
    // One clear message instead of a stack: this is the owner's to mend.
    console.error(error instanceof EnvError ? error.message : `The playground could not start: ${reason(error)}`);
    process.exit(1);
  }
  startSweep();
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
