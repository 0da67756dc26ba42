import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, inject } from "vitest";

const DROP_TRIES = 40;

/** Gives every test file a database of its own: SQLite in a new folder, or a new Postgres database on the test server. */
const dataDir = mkdtempSync(path.join(tmpdir(), "playground-test-"));
process.env.DATA_DIR = dataDir;

const dropDatabase = inject("database") === "postgres" ? await createDatabase() : async () => {};

async function createDatabase(): Promise<() => Promise<void>> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error("TEST_POSTGRES_URL is not set");
  const name = `playground_${randomBytes(6).toString("hex")}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  process.env.DATABASE_URL = url.href;
  return async () => {
    // The server takes a moment to notice that the pool has let go.
    for (let tries = 1; tries <= DROP_TRIES; tries += 1) {
      const error = await admin.query(`drop database ${name}`).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (!error) break;
      if (tries === DROP_TRIES) throw error;
      await delay(50);
    }
    await admin.end();
  };
}

afterAll(async () => {
  const opened = (globalThis as { playgroundDb?: Promise<{ destroy(): Promise<void> }> }).playgroundDb;
  await (await opened)?.destroy();
  await dropDatabase();
  rmSync(dataDir, { recursive: true, force: true });
});

declare module "vitest" {
  interface ProvidedContext {
    database: "sqlite" | "postgres";
  }
}
