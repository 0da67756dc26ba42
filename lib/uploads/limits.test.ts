import { expect, it } from "vitest";
import { createTurns } from "@/lib/uploads/limits";

it("lets so many work at once, the others in their order, and goes on after one that fails", async () => {
  const inTurn = createTurns(2);
  const log: string[] = [];
  const ends = new Map<string, (failed?: Error) => void>();
  const work = (name: string) =>
    inTurn(() => {
      log.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (failed) => (failed ? reject(failed) : resolve(name)));
      });
    });
  const all = ["a", "b", "c", "d"].map(work);
  await expect.poll(() => log).toEqual(["a", "b"]);
  ends.get("b")?.(new Error("broken"));
  await expect(all[1]).rejects.toThrow("broken");
  await expect.poll(() => log).toEqual(["a", "b", "c"]);
  ends.get("a")?.();
  await expect.poll(() => log).toEqual(["a", "b", "c", "d"]);
  for (const name of ["c", "d"]) ends.get(name)?.();
  expect(await Promise.all([all[0], all[2], all[3]])).toEqual(["a", "c", "d"]);
});
