import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import { findGeneration } from "@/lib/generations/data";
import { asShared, findSharedPicture, findVisible, tokenOf } from "@/lib/shares/access";
import { saveShare } from "@/lib/shares/mutations";
import { hashToken, newToken } from "@/lib/shares/policy";
import { saveUpload } from "@/lib/uploads/mutations";

const NOW = Date.UTC(2026, 10, 22);

async function upload(owner: string, kind: "image" | "audio" = "image") {
  const sha256 = randomBytes(32).toString("hex");
  const facts = { kind, mime: "image/png", bytes: 1, width: 1, height: 1, duration_ms: null };
  await saveUpload({ sha256, owner, name: "a", ...facts, host_key: null, host_url: null }, NOW);
  return sha256;
}

async function generation(files: string[] = [], owner = randomUUID()) {
  const { id } = await storePress({ owner, files }, { now: NOW });
  return { id, owner };
}

async function shared(pictures = false, files: string[] = [], owner = randomUUID()) {
  const [of, token] = [await generation(files, owner), newToken()];
  expect(await saveShare(owner, of.id, { hash: hashToken(token), pictures, at: NOW })).toBe(true);
  return { ...of, token };
}

const guest = (token: string | null) => ({ owner: randomUUID(), token });

describe("who may see a generation", () => {
  it("is its owner, and whoever shows the token it is shared with", async () => {
    const { id, owner, token } = await shared();
    expect((await findVisible(id, { owner, token: null }))?.as).toBe("owner");
    expect((await findVisible(id, { owner, token }))?.as).toBe("owner");
    for (const asking of [guest(token), { owner: null, token }]) {
      expect(await findVisible(id, asking)).toMatchObject({ as: "shared", row: { id } });
    }
  });

  it("is nobody else, whatever they show", async () => {
    const [{ id, token }, other, unshared] = [await shared(), await shared(), await generation()];
    const hash = hashToken(token);
    const wrong = [null, "", token.slice(1), `${token}A`, token.toLowerCase(), other.token, hash, "A".repeat(22)];
    for (const shown of wrong) expect(await findVisible(id, guest(shown)), String(shown)).toBeNull();
    expect(await findVisible(unshared.id, guest(token))).toBeNull();
    for (const odd of ["", "\0", `${id}\0`, id.toUpperCase(), "x".repeat(10_000)]) {
      expect(await findVisible(odd, { owner: null, token })).toBeNull();
    }
  });

  it("keeps nothing of the token but its hash", async () => {
    const { id, token } = await shared();
    const row = await findGeneration(id);
    expect(row?.share_hash).toBe(hashToken(token));
    expect(JSON.stringify(row)).not.toContain(token);
    expect(Buffer.from(token, "base64url")).toHaveLength(16);
  });

  it("ends with the share, with a new one, and with the generation", async () => {
    const { id, owner, token } = await shared();
    const next = newToken();
    await saveShare(owner, id, { hash: hashToken(next), pictures: false, at: NOW });
    expect(await findVisible(id, guest(token))).toBeNull();
    expect((await findVisible(id, guest(next)))?.as).toBe("shared");
    await saveShare(owner, id, null);
    expect(await findVisible(id, guest(next))).toBeNull();
    const gone = await shared();
    await (await db()).updateTable("generations").set({ deleted_at: NOW }).where("id", "=", gone.id).execute();
    expect(await findVisible(gone.id, guest(gone.token))).toBeNull();
    expect(await findVisible(gone.id, { owner: gone.owner, token: null })).toBeNull();
    expect(await saveShare(gone.owner, gone.id, null)).toBe(false);
    expect(await saveShare(randomUUID(), id, { hash: hashToken(token), pictures: true, at: NOW })).toBe(false);
  });
});

describe("reference pictures", () => {
  it("are shared only if that was chosen, and only those that were given", async () => {
    const owner = randomUUID();
    const [given, other, sound] = [await upload(owner), await upload(owner), await upload(owner, "audio")];
    const open = await shared(true, [given, sound], owner);
    const closed = await shared(false, [given], owner);
    expect((await findSharedPicture(given, open.id, open.token))?.sha256).toBe(given);
    for (const [sha256, id, token] of [
      [other, open.id, open.token],
      [sound, open.id, open.token],
      [given, open.id, closed.token],
      [given, open.id, null],
      [given, closed.id, closed.token],
      [given, "", open.token],
      ["../x", open.id, open.token],
    ] as const) {
      expect(await findSharedPicture(sha256, id, token)).toBeNull();
    }
  });
});

describe("an answer to somebody who shows a token", () => {
  it("is kept by nobody, found by nobody, and tells no one where it came from", () => {
    const { headers } = asShared("t", new Response(null, { headers: { "Cache-Control": "private, max-age=3600" } }));
    expect(Object.fromEntries(headers)).toEqual({
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex, nofollow",
    });
    expect([...asShared(null, new Response(null)).headers]).toEqual([]);
    expect([tokenOf("http://a/b?t=x"), tokenOf("http://a/b?x=t")]).toEqual(["x", null]);
  });
});
