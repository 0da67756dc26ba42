import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import LibsqlDatabase from "libsql";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Db, isPostgres, migrate, openDatabase } from "@/lib/db/client";
import type { Database } from "@/lib/db/schema";
import { UnavailableError } from "@/lib/unavailable";

const opened: Db[] = [];
const folders: string[] = [];

function open(dataDir = mkdtempSync(path.join(tmpdir(), "playground-db-"))): Db {
  if (!folders.includes(dataDir)) folders.push(dataDir);
  const db = openDatabase({ databaseUrl: null, dataDir });
  opened.push(db);
  return db;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.destroy()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("isPostgres", () => {
  // The other build of the same package: to `instanceof` its classes are strangers, as those of another bundle are.
  const other = createRequire(import.meta.url)("kysely") as typeof import("kysely");

  it.each([
    ["Postgres", new other.Kysely<Database>({ dialect: new other.PostgresDialect({ pool: {} as never }) }), true],
    ["SQLite", new other.Kysely<Database>({ dialect: new other.SqliteDialect({ database: {} as never }) }), false],
  ])("knows %s whichever copy of Kysely opened it", async (_name, handle, expected) => {
    expect(isPostgres(handle)).toBe(expected);
    expect(isPostgres(open())).toBe(false);
  });
});

describe("the SQLite database", () => {
  it("migrates once, however often it is asked", async () => {
    const first = open();
    const second = open(folders[0]);
    await migrate(first);
    await migrate(second);
    expect(await second.selectFrom("generations").selectAll().execute()).toEqual([]);
  });

  it.each([
    ["true", true, 1],
    ["false", false, 0],
    ["undefined", undefined, null],
    ["null", null, null],
    ["a bigint", 12n, 12],
    ["a number", 1.5, 1.5],
    ["a string", "x", "x"],
  ])("binds %s", async (_name, value, stored) => {
    const result = await sql<{ v: unknown }>`select ${value} as v`.execute(open());
    expect(result.rows[0]?.v).toBe(stored);
  });

  it.each([
    ["an object", {}],
    ["an array", []],
    ["a date", new Date()],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
  ])("refuses %s instead of ending the process", async (_name, value) => {
    const select = async () => sql`select ${value} as v`.execute(open());
    await expect(select()).rejects.toThrow(TypeError);
  });

  it("rolls a failed transaction back", async () => {
    const db = open();
    await migrate(db);
    await expect(
      db.transaction().execute(async (trx) => {
        await trx.insertInto("settings").values({ name: "a", value: "b" }).execute();
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await db.selectFrom("settings").selectAll().execute()).toEqual([]);
  });
});

it("a SQLite file that another process holds for too long is a database that is away", async () => {
  const holder = open();
  await migrate(holder);
  const other = new LibsqlDatabase(path.join(folders[0] ?? "", "playground.db"));
  other.exec("begin immediate");
  await expect(holder.insertInto("settings").values({ name: "a", value: "b" }).execute()).rejects.toThrow(
    UnavailableError,
  );
  other.exec("rollback");
  other.close();
  await holder.insertInto("settings").values({ name: "a", value: "b" }).execute();
});

describe("a Postgres database", () => {
  // Protocol 3: "authentication is fine" and "ready for a query".
  const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

  /** A database whose server does with each connection what `serve` says. */
  async function openServed(serve: (socket: Socket) => void) {
    const server = createServer((socket) => serve(socket.on("error", () => {})));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const db = openDatabase({
      databaseUrl: `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/none`,
      dataDir: "",
    });
    opened.push(db);
    return { db, close: () => server.close() };
  }

  it("that loses a connection in use fails the work on it, and not the process", async () => {
    const uncaught = vi.fn();
    process.on("uncaughtException", uncaught);
    const { db, close } = await openServed((socket) => {
      socket.once("data", () => {
        socket.write(WELCOME);
        socket.once("data", () => socket.destroy());
      });
    });
    await expect(sql`select 1`.execute(db)).rejects.toThrow(UnavailableError);
    await new Promise(setImmediate);
    process.off("uncaughtException", uncaught);
    close();
    expect(uncaught).not.toHaveBeenCalled();
  });

  it("that never answers is given up, so that a start does not hang", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const { db, close } = await openServed((socket) => socket.once("data", isAsked));
    const answer = expect(sql`select 1`.execute(db)).rejects.toThrow(UnavailableError);
    await asked;
    vi.advanceTimersByTime(8_000);
    vi.useRealTimers();
    await answer;
    close();
  });
});
