import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { type Db, migrate, openDatabase } from "@/lib/db/client";

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
