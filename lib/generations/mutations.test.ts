import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newPress, ROOMY, storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import { appError } from "@/lib/errors";
import { findGeneration, findOwned, findOwnedOne, listDue, listOwned } from "@/lib/generations/data";
import { changeGeneration, claimStep, enterStatus, updateFavorite } from "@/lib/generations/mutations";
import { STEP_LEASE_MS } from "@/lib/generations/policy";
import { ENTERED_FROM, isFinal, STATUSES, type Status } from "@/lib/generations/transitions";
import { createGeneration, deleteCounters, type NewGeneration, sendAgain } from "@/lib/presses/mutations";
import { saveUpload } from "@/lib/uploads/mutations";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

async function stored(change: Partial<NewGeneration> = {}, status?: Status) {
  const press = newPress(change);
  await storePress(press, { now: NOW });
  if (status) await (await db()).updateTable("generations").set({ status }).where("id", "=", press.id).execute();
  return press;
}

describe("what a press goes on from and uses", () => {
  const uploaded = async (owner: string, sha256 = randomBytes(32).toString("hex")) => {
    const facts = { kind: "image" as const, mime: "image/png", bytes: 1, width: 1, height: 1, duration_ms: null };
    await saveUpload({ sha256, owner, name: "a.png", ...facts, host_key: null, host_url: null }, NOW);
    return sha256;
  };
  const usesOf = async (generation: string) =>
    (await db()).selectFrom("upload_uses").selectAll().where("generation", "=", generation).execute();

  it("keeps the parent only where it is the visitor's own", async () => {
    const parent = await stored();
    const child = await stored({ owner: parent.owner, parentId: parent.id });
    const strange = await stored({ parentId: parent.id });
    const orphan = await stored({ parentId: randomUUID() });
    expect((await findGeneration(child.id))?.parent_id).toBe(parent.id);
    expect((await findGeneration(strange.id))?.parent_id).toBeNull();
    expect((await findGeneration(orphan.id))?.parent_id).toBeNull();
  });

  it("notes its files with the row, or stores nothing", async () => {
    const owner = `owner-${randomUUID()}`;
    const files = [await uploaded(owner), await uploaded(owner)];
    const press = await stored({ owner, files });
    expect((await usesOf(press.id)).map((use) => use.sha256).sort()).toEqual(files.sort());
    const missing = newPress({ owner, files: [...files, "0".repeat(64)] });
    expect(await createGeneration(missing, ROOMY, NOW)).toMatchObject({ ok: false, error: { code: "file_missing" } });
    expect(await findGeneration(missing.id)).toBeUndefined();
    expect(await usesOf(missing.id)).toEqual([]);
  });

  it("is the first one's where two visitors press with the same id and file at once", async () => {
    const [id, sha256] = [randomUUID(), randomBytes(32).toString("hex")];
    const owners = Array.from({ length: 4 }, () => `owner-${randomUUID()}`);
    for (const owner of owners) await uploaded(owner, sha256);
    const presses = owners.map((owner) => createGeneration(newPress({ id, owner, files: [sha256] }), ROOMY, NOW));
    const codes = (await Promise.all(presses)).map((result) => (result.ok ? "stored" : result.error.code));
    expect(codes.sort()).toEqual(["id_conflict", "id_conflict", "id_conflict", "stored"]);
  });

  it("answers the same press again whatever speaks against a new one", async () => {
    const owner = `owner-${randomUUID()}`;
    const press = await stored({ owner, files: [await uploaded(owner)] });
    const against = appError("invalid_input", { field: "image_urls" });
    const again = await createGeneration(press, ROOMY, NOW, against);
    expect(again).toMatchObject({ ok: true, value: { created: false, row: { id: press.id } } });
    const fresh = newPress({ owner });
    expect(await createGeneration(fresh, ROOMY, NOW, against)).toEqual({ ok: false, error: against });
    expect(await findGeneration(fresh.id)).toBeUndefined();
  });
});

describe("createGeneration", () => {
  it("stores a press, claimed for its first send", async () => {
    const press = await stored();
    expect(await findGeneration(press.id)).toMatchObject({
      ...{ id: press.id, owner: press.owner, model: press.model, input: press.input, prompt: press.prompt },
      ...{ status: "submitting", due_at: NOW + STEP_LEASE_MS, created_at: NOW, send_since: NOW },
      ...{ attempts: 0, may_have_arrived: 0, favorite: 0, task_id: null, payload_hash: null },
    });
    expect(await claimStep(press.id, NOW + STEP_LEASE_MS - 1)).toBeUndefined();
  });

  it("gives the same press the same row, also when it comes many times at once", async () => {
    const press = newPress();
    const results = await Promise.all(Array.from({ length: 10 }, () => createGeneration(press, ROOMY, NOW)));
    const created = results.filter((result) => result.ok && result.value.created);
    expect(results.every((result) => result.ok && result.value.row.id === press.id)).toBe(true);
    expect(created).toHaveLength(1);
  });

  it.each([
    ["another visitor", { owner: "somebody else" }],
    ["another model", { model: "other" }],
    ["another input", { input: '{"prompt":"Another."}' }],
  ])("tells %s nothing but id_conflict", async (_who, change) => {
    const press = await stored();
    const again = await createGeneration({ ...press, ...change }, ROOMY, NOW);
    expect(again).toEqual({ ok: false, error: { code: "id_conflict", message: null, field: null } });
  });

  it("keeps the id of a deleted row reserved", async () => {
    const press = await stored();
    await (await db()).updateTable("generations").set({ deleted_at: NOW }).where("id", "=", press.id).execute();
    expect(await createGeneration(press, ROOMY, NOW)).toMatchObject({ ok: false, error: { code: "id_conflict" } });
  });

  it("refuses one more than the visitor may have running, and stores nothing of it", async () => {
    const owner = `owner-${randomUUID()}`;
    const limits = { ...ROOMY, active: 2 };
    for (const expected of [true, true, false]) {
      const press = newPress({ owner });
      const result = await createGeneration(press, limits, NOW);
      expect(result.ok).toBe(expected);
      const count = { limit: 2, whose: "visitor", freeAt: null };
      if (!result.ok) expect(result.error).toMatchObject({ code: "too_many_active", count });
      expect((await findGeneration(press.id)) !== undefined).toBe(expected);
    }
  });

  it("lets no more run than allowed when many are pressed at once", async () => {
    const owner = `owner-${randomUUID()}`;
    const presses = Array.from({ length: 12 }, () =>
      createGeneration(newPress({ owner }), { ...ROOMY, active: 3 }, NOW),
    );
    expect((await Promise.all(presses)).filter((result) => result.ok)).toHaveLength(3);
  });

  it("counts presses by the minute, and the same press only once", async () => {
    const owner = `owner-${randomUUID()}`;
    const limits = { ...ROOMY, perMinute: 2 };
    const first = newPress({ owner });
    await createGeneration(first, limits, NOW);
    await createGeneration(first, limits, NOW);
    expect((await createGeneration(newPress({ owner }), limits, NOW)).ok).toBe(true);
    const refused = await createGeneration(newPress({ owner }), limits, NOW);
    const count = { limit: 2, whose: "visitor", freeAt: expect.any(Number) };
    expect(refused).toMatchObject({ error: { code: "too_many_requests", count } });
    const { freeAt } = refused.ok ? { freeAt: null } : (refused.error.count ?? { freeAt: null });
    expect((await createGeneration(newPress({ owner }), limits, Number(freeAt) - 1)).ok).toBe(false);
    expect((await createGeneration(newPress({ owner }), limits, Number(freeAt))).ok).toBe(true);
  });

  it("takes what is checked again for a press: it is sent, and runs, like one", async () => {
    const owner = `owner-${randomUUID()}`;
    const unsure = await stored({ owner }, "unconfirmed");
    await stored({ owner });
    const refused = { ok: false, error: { code: "too_many_active" } };
    expect(await sendAgain(owner, unsure.id, { ...ROOMY, active: 1 }, NOW)).toMatchObject(refused);
    expect((await findGeneration(unsure.id))?.status).toBe("unconfirmed");
    expect(await sendAgain(owner, unsure.id, { ...ROOMY, perMinute: 2 }, NOW)).toMatchObject({
      error: { code: "too_many_requests" },
    });
    expect(await sendAgain(owner, unsure.id, { ...ROOMY, active: 2 }, NOW)).toEqual({ ok: true, value: true });
    expect(await findGeneration(unsure.id)).toMatchObject({ status: "submitting", due_at: NOW, send_since: NOW });
    expect(await sendAgain(owner, unsure.id, ROOMY, NOW)).toEqual({ ok: true, value: false });
  });

  it("does not count a refused press against everybody", async () => {
    const later = NOW + 3_600_000;
    const owner = `owner-${randomUUID()}`;
    const limits = { ...ROOMY, perMinute: 1, perMinuteAll: 3 };
    for (let press = 0; press < 5; press += 1) await createGeneration(newPress({ owner }), limits, later);
    expect((await createGeneration(newPress(), limits, later)).ok).toBe(true);
    expect((await createGeneration(newPress(), limits, later)).ok).toBe(true);
    const count = { limit: 3, whose: "all" };
    expect(await createGeneration(newPress(), limits, later)).toMatchObject({ error: { count } });
  });

  it("forgets the counts of minutes long gone, and no others", async () => {
    const owner = `owner-${randomUUID()}`;
    const limits = { ...ROOMY, perMinute: 1 };
    await createGeneration(newPress({ owner }), limits, NOW);
    await createGeneration(newPress({ owner }), limits, NOW + 60_000);
    await deleteCounters(NOW + 60_000);
    expect((await createGeneration(newPress({ owner }), limits, NOW)).ok).toBe(true);
    expect((await createGeneration(newPress({ owner }), limits, NOW + 60_000)).ok).toBe(false);
  });

  it("keeps every character of an input, emoji and Chinese included", async () => {
    const input = JSON.stringify({ prompt: "一只猫 🐈‍⬛ \u2028 \\ ' \"" });
    const press = await stored({ input });
    expect((await findGeneration(press.id))?.input).toBe(input);
  });
});

describe("claimStep", () => {
  it("gives a due step to exactly one of many", async () => {
    const press = await stored();
    const dueAt = NOW + STEP_LEASE_MS;
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimStep(press.id, dueAt)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect((await findGeneration(press.id))?.due_at).toBe(dueAt + STEP_LEASE_MS);
  });

  it("gives nothing where nothing is left to do", async () => {
    const press = await stored();
    await enterStatus(press.id, "failed", { due_at: null });
    expect(await claimStep(press.id, NOW + 10 * STEP_LEASE_MS)).toBeUndefined();
  });
});

describe("enterStatus", () => {
  const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

  it.each(pairs)("from %s to %s only where the table allows it", async (from, to) => {
    const press = await stored({}, from);
    const isAllowed = ENTERED_FROM[to].includes(from);
    expect(await enterStatus(press.id, to)).toBe(isAllowed);
    expect((await findGeneration(press.id))?.status).toBe(isAllowed ? to : from);
  });

  it("never leaves a final state", () => {
    for (const status of STATUSES.filter(isFinal)) {
      expect(STATUSES.filter((to) => ENTERED_FROM[to].includes(status))).toEqual([]);
    }
  });

  it("lets one of two racing ends win and the other change nothing", async () => {
    const press = await stored({}, "processing");
    const won = await Promise.all([
      enterStatus(press.id, "succeeded", { outputs: "[]" }),
      enterStatus(press.id, "failed", { error: "{}" }),
    ]);
    expect(won.filter(Boolean)).toHaveLength(1);
    const row = await findGeneration(press.id);
    expect(row?.outputs === null || row?.error === null).toBe(true);
  });

  it("changes nothing in a row that is elsewhere by now", async () => {
    const press = await stored({}, "succeeded");
    expect(await changeGeneration(press.id, ["submitting"], { attempts: 9 })).toBe(false);
    expect((await findGeneration(press.id))?.attempts).toBe(0);
  });
});

describe("what a visitor can read and write", () => {
  it("is only their own", async () => {
    const mine = await stored();
    const theirs = await stored();
    const rows = await findOwned(mine.owner, [mine.id, theirs.id]);
    expect(rows.map((row) => row.id)).toEqual([mine.id]);
    expect(await updateFavorite(mine.owner, theirs.id, true)).toBe(false);
    expect(await updateFavorite(mine.owner, mine.id, true)).toBe(true);
    expect((await findGeneration(theirs.id))?.favorite).toBe(0);
    expect((await findGeneration(mine.id))?.favorite).toBe(1);
  });

  it("is nothing under an id that no database could hold", async () => {
    const mine = await stored();
    expect(await findOwnedOne(mine.owner, mine.id)).toBeDefined();
    for (const id of ["", "\0", `${mine.id}\0`, `${mine.id}\0x`]) {
      expect(await findOwnedOne(mine.owner, id)).toBeUndefined();
    }
  });

  it("pages by key: what is added meanwhile shifts nothing", async () => {
    const owner = `owner-${randomUUID()}`;
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const press = newPress({ owner });
      // Two in the same millisecond: the id decides.
      await createGeneration(press, ROOMY, NOW + Math.floor(n / 2));
      made.push(press.id);
    }
    const first = await listOwned(owner, 2, null);
    await createGeneration(newPress({ owner }), ROOMY, NOW + 99);
    const last = first.at(-1);
    const rest = await listOwned(owner, 10, last ? { createdAt: last.created_at, id: last.id } : null);
    expect([...first, ...rest].map((row) => row.id).toSorted()).toEqual(made.toSorted());
  });
});

it("lists what is due, the longest waiting first", async () => {
  const [a, b] = [await stored(), await stored()];
  await changeGeneration(a.id, ["submitting"], { due_at: 2 });
  await changeGeneration(b.id, ["submitting"], { due_at: 1 });
  expect((await listDue(2, 2)).slice(0, 2)).toEqual([b.id, a.id]);
  expect(await listDue(1, 100)).toEqual([b.id]);
});
