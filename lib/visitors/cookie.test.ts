import { describe, expect, it } from "vitest";
import { mintVisitor, readVisitor } from "@/lib/visitors/cookie";

describe("the visitor's cookie", () => {
  it("stands for the same owner every time, and for nobody else", async () => {
    const [first, second] = [await mintVisitor(), await mintVisitor()];
    const owner = await readVisitor(first);
    expect(owner).toMatch(/^[0-9a-f]{64}$/);
    expect(await readVisitor(first)).toBe(owner);
    expect(await readVisitor(second)).not.toBe(owner);
  });

  it("does not hold what the database holds", async () => {
    const cookie = await mintVisitor();
    expect(cookie).not.toContain(await readVisitor(cookie));
  });

  it("is refused when anything about it is not ours", async () => {
    const cookie = await mintVisitor();
    const [id, signature] = cookie.split(".") as [string, string];
    const forgeries = [
      undefined,
      "",
      ".",
      id,
      `${id}.`,
      `.${signature}`,
      `${id}x.${signature}`,
      `${id}.${signature}x`,
      `${id}.${signature.slice(1)}`,
      `${id}.${signature}.more`,
      `${id}.${"A".repeat(signature.length)}`,
      "é.é",
    ];
    for (const forged of forgeries) expect(await readVisitor(forged)).toBeNull();
  });
});
