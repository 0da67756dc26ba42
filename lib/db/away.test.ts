import { beforeEach, describe, expect, it, vi } from "vitest";
import { asUnavailable, isKnownAway, noteAnswer, within } from "@/lib/db/away";
import { isUnavailable } from "@/lib/unavailable";

const withCode = (code: string, message = "x") => Object.assign(new Error(message), { code });

beforeEach(() => noteAnswer());

describe("a database that is away", () => {
  it.each([
    withCode("ECONNREFUSED"),
    withCode("EAI_AGAIN"),
    withCode("57P01", "terminating connection due to administrator command"),
    withCode("57P03", "the database system is starting up"),
    withCode("08006"),
    withCode("53300", "sorry, too many clients already"),
    withCode("25006", "cannot execute INSERT in a read-only transaction"),
    withCode("SQLITE_BUSY", "database is locked"),
    withCode("SQLITE_FULL"),
    withCode("SQLITE_IOERR_WRITE"),
    new Error("Connection terminated unexpectedly"),
    new Error("timeout exceeded when trying to connect"),
    new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")]),
  ])("is known by what its driver throws: %s", (error) => {
    expect(isUnavailable(asUnavailable(error))).toBe(true);
    expect(isKnownAway()).toBe(true);
    noteAnswer();
    expect(isKnownAway()).toBe(false);
  });

  it.each([
    withCode("23505", "duplicate key value violates unique constraint"),
    withCode("42P01", 'relation "x" does not exist'),
    withCode("28P01", "password authentication failed"),
    withCode("SQLITE_CONSTRAINT_PRIMARYKEY"),
    new TypeError("A value of type object cannot be stored"),
    new AggregateError([]),
    "a text",
  ])("is not confused with a mistake of ours: %s", (error) => {
    expect(asUnavailable(error)).toBe(error);
    expect(isKnownAway()).toBe(false);
  });

  it("is given up after a while, and what comes late is given back", async () => {
    vi.useFakeTimers();
    const late: string[] = [];
    let come: (value: string) => void = () => {};
    const coming = new Promise<string>((resolve) => {
      come = resolve;
    });
    const waited = expect(within(1_000, coming, (value) => late.push(value))).rejects.toSatisfy(isUnavailable);
    await vi.advanceTimersByTimeAsync(1_000);
    await waited;
    come("a connection");
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
    expect([late, isKnownAway()]).toEqual([["a connection"], true]);
    expect(await within(1_000, Promise.resolve("in time"))).toBe("in time");
  });
});
