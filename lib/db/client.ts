import "server-only";
import { mkdirSync } from "node:fs";
import path from "node:path";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  Migrator,
  SqliteDialect,
  SqliteDriver,
  sql,
} from "kysely";
import LibsqlDatabase from "libsql";
import { asUnavailable, noteAnswer } from "@/lib/db/away";
import { MIGRATIONS } from "@/lib/db/migrations";
import { openPostgres } from "@/lib/db/postgres";
import type { Database } from "@/lib/db/schema";
import { env } from "@/lib/env";

export type Db = Kysely<Database>;

const BUSY_TIMEOUT_MS = 5_000;

/** Takes the write lock at the start: a read followed by a write would otherwise fail when two processes do it. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

type Bindable = string | number | bigint | Buffer | null;

function toBindable(value: unknown): Bindable {
  // libsql ends the whole process on a value it cannot bind, so nothing else may reach it.
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "bigint" || Buffer.isBuffer(value)) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`A value of type ${typeof value} cannot be stored`);
}

/** What the disk refuses, or another process holds for too long, is a database that is away, as on Postgres. */
function answering<T>(ask: () => T): T {
  try {
    const result = ask();
    noteAnswer();
    return result;
  } catch (error) {
    throw asUnavailable(error);
  }
}

function openSqlite(file: string): Dialect {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new LibsqlDatabase(file);
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  const guarded = {
    close: () => database.close(),
    prepare(query: string) {
      const statement = database.prepare(query);
      return {
        reader: statement.reader,
        all: (parameters: readonly unknown[]) => answering(() => statement.all(parameters.map(toBindable))),
        run: (parameters: readonly unknown[]) => answering(() => statement.run(parameters.map(toBindable))),
        iterate: (parameters: readonly unknown[]) => statement.iterate(parameters.map(toBindable)),
      };
    },
  };
  const config = { database: guarded };
  const dialect = new SqliteDialect(config);
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new ImmediateSqliteDriver(config),
  };
}

type Target = { databaseUrl: string | null; dataDir: string };

/** Opens a database without touching its tables; `patient` is for migrations. The caller closes it with `destroy()`. */
export function openDatabase(target: Target, options: { patient?: boolean } = {}): Db {
  return new Kysely<Database>({
    dialect: target.databaseUrl
      ? openPostgres(target.databaseUrl, options)
      : openSqlite(path.join(/* turbopackIgnore: true */ target.dataDir, "playground.db")),
  });
}

/** Brings the tables up to date. Any number of servers may call it at once. @throws what the failed migration threw. */
export async function migrate(db: Db): Promise<void> {
  const provider = { getMigrations: async () => MIGRATIONS };
  const run = async (handle: Db) => {
    const { error } = await new Migrator({ db: handle, provider }).migrateToLatest();
    if (error) throw error;
  };
  if (isPostgres(db)) return run(db);
  // Kysely's migrator locks on Postgres only; on SQLite the write lock of one transaction does the same.
  await db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      await run(withoutTransactions(connection));
      await sql`commit`.execute(connection);
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
}

/**
 * By what its adapter can do, never by its class: Next bundles Kysely into pages, routes and instrumentation apart, and the
 * handle may have been opened by another copy than the one that asks.
 */
export const isPostgres = (db: Db): boolean => db.getExecutor().adapter.supportsTransactionalDdl;

/** Kysely's migrator opens a transaction of its own; inside ours it must run on the connection as it is. */
function withoutTransactions(db: Db): Db {
  return new Proxy(db, {
    get(target, property) {
      if (property === "transaction" || property === "connection") {
        return () => ({ execute: (work: (handle: Db) => Promise<unknown>) => work(withoutTransactions(target)) });
      }
      const value = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function openMigrated(target: Target): Promise<Db> {
  // Apart, because one server may wait for as long as another one migrates. On SQLite it is the same lock either way.
  const patient = openDatabase(target, { patient: true });
  try {
    await migrate(patient);
  } finally {
    await patient.destroy();
  }
  return openDatabase(target);
}

const shared = globalThis as { playgroundDb?: Promise<Db> };

/**
 * This server's one database, opened and migrated at the first call. Kept on `globalThis` because Next bundles pages,
 * routes, the proxy and instrumentation apart, and each would otherwise open its own.
 */
export function db(): Promise<Db> {
  shared.playgroundDb ??= openMigrated(env()).catch((error) => {
    shared.playgroundDb = undefined;
    throw error;
  });
  return shared.playgroundDb;
}
