import { expect, it } from "vitest";
import { createTurns } from "@/lib/db/turns";
import { UnavailableError } from "@/lib/unavailable";

/** Work that ends when the test says so. */
function work() {
  let resolve: (value: string) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const state = { hasBegun: false };
  const begin = () => {
    state.hasBegun = true;
    return promise;
  };
  return { state, resolve, reject, begin };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it("lets so many run at once, and the others in the order they came", async () => {
  const inTurn = createTurns(2);
  const all = Array.from({ length: 4 }, work);
  const done = all.map(({ begin }) => inTurn(begin));
  await settled();
  expect(all.map(({ state }) => state.hasBegun)).toEqual([true, true, false, false]);
  all[1]?.resolve("second");
  expect(await done[1]).toBe("second");
  await settled();
  expect(all.map(({ state }) => state.hasBegun)).toEqual([true, true, true, false]);
  all[0]?.reject(new Error("mine alone"));
  await expect(done[0]).rejects.toThrow("mine alone");
  await settled();
  expect(all[3]?.state.hasBegun).toBe(true);
  for (const { resolve } of all) resolve("late");
  expect(await Promise.all(done.slice(2))).toEqual(["late", "late"]);
  expect(await inTurn(async () => "free again")).toBe("free again");
});

it("keeps nobody waiting for a database that is away", async () => {
  const inTurn = createTurns(1);
  const [first, second] = [work(), work()];
  const done = [inTurn(first.begin), inTurn(second.begin)];
  first.reject(new UnavailableError(null));
  for (const one of done) await expect(one).rejects.toThrow(UnavailableError);
  expect(second.state.hasBegun).toBe(false);
  expect(await inTurn(async () => "back")).toBe("back");
});
