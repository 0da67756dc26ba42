import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import Database from "libsql";
import type { Shared } from "../lib/shares/schema";
import { jpeg } from "./fixtures/picture-files";
import type { Playground } from "./fixtures/server";
import { expect } from "./fixtures/test";
import { test } from "./fixtures/vendor-test";
import { newVisitor, type Visitor } from "./fixtures/visitor";

const MODEL = "viduq3-pro";
const SHARED = { "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow" };

async function pressed(visitor: Visitor, input: Record<string, unknown>): Promise<string> {
  const answer = await visitor.press({ model: MODEL, input });
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.value.id;
}

async function isKept(visitor: Visitor, id: string) {
  await expect
    .poll(async () => (await visitor.generation(id))?.outputs[0]?.keep.state, { timeout: 20_000 })
    .toBe("kept");
}

async function shared(visitor: Visitor, id: string, pictures: boolean): Promise<string> {
  const answer = await visitor.call<{ value: Shared }>("shareGeneration", id, { pictures });
  return answer?.value.token ?? "";
}

/** Every file below the server's data folder whose path holds this text. */
const filesWith = ({ dataDir }: Playground, folder: string, text: string) => {
  const root = path.join(dataDir, folder);
  const all = existsSync(root) ? (readdirSync(root, { recursive: true }) as string[]) : [];
  return all.filter((file) => file.includes(text));
};

test("what is shared is seen by whoever has its link, read-only, and by nobody else", async ({
  playground,
  vendor,
}) => {
  const [owner, other] = [await newVisitor(playground.url), await newVisitor(playground.url)];
  const upload = await owner.upload(await jpeg(640, 360, 701), "beach.jpg");
  if ("code" in upload) throw new Error(upload.message);
  const id = await pressed(owner, { prompt: "a red kite over dunes", image_urls: [upload.ref] });
  const loose = await pressed(owner, { prompt: "not shared at all" });
  await isKept(owner, id);
  const guest = (to: string, init?: RequestInit) => fetch(playground.url + to, init);
  const places = (token: string | null, of = id) => {
    const query = token === null ? "" : `t=${token}`;
    return [
      `/g/${of}?${query}`,
      `/api/generations/${of}/outputs/0?${query}`,
      `/api/generations/${of}/events?${query}`,
      `/api/uploads/${upload.sha256}?g=${of}&${query}`,
      `/api/uploads/${upload.sha256}?thumb&g=${of}&${query}`,
    ];
  };

  const token = await shared(owner, id, true);
  expect(token).toMatch(/^[\w-]{22}$/);
  await test.step("the page, the clip, the events and the pictures, with no cookie", async () => {
    for (const place of places(token)) {
      const answered = await guest(place);
      expect(answered.status, place).toBe(200);
      expect(Object.fromEntries(answered.headers), place).toMatchObject(SHARED);
      expect(answered.headers.get("cache-control"), place).toContain("no-store");
      await answered.body?.cancel();
    }
    const page = await (await guest(places(token)[0] ?? "")).text();
    expect(page).toContain("a red kite over dunes");
    const row = await owner.generation(id);
    // What it cost, the task, the other clips, and the file's own hash outside of its address are the owner's.
    for (const secret of [row?.taskId, row?.requestId, "not shared at all", upload.ref, "Delete…"]) {
      expect(page).not.toContain(secret);
    }
    const part = await guest(places(token)[1] ?? "", { headers: { Range: "bytes=0-9" } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  });

  await test.step("nothing for a wrong token, another clip, another file, or no token", async () => {
    const wrong = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    const elsewhere = [...places(wrong), ...places(token, loose).slice(0, 3), ...places("")];
    for (const place of elsewhere) {
      for (const ask of [guest, other.fetch]) expect((await ask(place)).status, place).toBe(404);
    }
    for (const place of places(null)) expect([401, 404], place).toContain((await guest(place)).status);
    // A token opens nothing but what it is for.
    expect((await guest(`/api/generations?ids=${id}&t=${token}`)).status).toBe(401);
    expect((await guest(`/api/export?t=${token}`)).status).toBe(401);
    for (const action of ["unshareGeneration", "removeGeneration", "stopWatching", "setFavorite"]) {
      expect(await other.call(action, id, true), action).toMatchObject({ ok: false, error: { code: "not_found" } });
    }
    const taken = await other.call("shareGeneration", id, { pictures: true });
    expect(taken).toMatchObject({ ok: false, error: { code: "not_found" } });
  });

  await test.step("what is not done yet says so, to its guests as well", async () => {
    vendor.set({ hold: "processing" });
    const running = await pressed(owner, { prompt: "wait for it" });
    const page = await guest(`/g/${running}?t=${await shared(owner, running, false)}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("This clip is still being made.");
  });

  await test.step("a new link ends the old one, and does without the pictures when that was chosen", async () => {
    const next = await shared(owner, id, false);
    for (const place of places(token)) expect((await guest(place)).status, place).toBe(404);
    const answers = await Promise.all(places(next).map((place) => guest(place)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 404]);
    expect(await answers[0]?.text()).not.toContain(upload.sha256);
    expect(await owner.call("unshareGeneration", id)).toMatchObject({ ok: true, value: { shared: null } });
    for (const place of places(next)) expect((await guest(place)).status, place).toBe(404);
    for (const told of [token, next]) expect(playground.output()).not.toContain(told);
  });
});

test("what is deleted is gone, and its id stays taken", async ({ playground, vendor }) => {
  const [owner, other] = [await newVisitor(playground.url), await newVisitor(playground.url)];
  const upload = await owner.upload(await jpeg(64, 48, 702), "once.jpg");
  if ("code" in upload) throw new Error(upload.message);
  const input = { prompt: "words that must not stay", image_urls: [upload.ref] };
  const id = await pressed(owner, input);
  await isKept(owner, id);
  const database = new Database(path.join(playground.dataDir, "playground.db"));
  // The server writes too.
  database.pragma("busy_timeout = 5000");
  const rowOf = (of: string) => database.prepare("select * from generations where id = ?").get(of) as object;

  await test.step("row, copy and upload at once; the same press again is refused", async () => {
    expect(filesWith(playground, "vault", id)).toHaveLength(1);
    expect(filesWith(playground, "uploads", upload.sha256)).toHaveLength(1);
    expect(await owner.call("removeGeneration", id)).toEqual({ ok: true, value: null });
    expect(await owner.generation(id)).toBeUndefined();
    expect(filesWith(playground, "vault", id)).toEqual([]);
    expect(filesWith(playground, "uploads", upload.sha256)).toEqual([]);
    for (const place of [`/g/${id}`, `/api/generations/${id}/outputs/0`, `/api/uploads/${upload.sha256}`]) {
      expect((await owner.fetch(place)).status, place).toBe(404);
    }
    expect(rowOf(id)).toMatchObject({ id, owner: "", input: "{}", prompt: null, outputs: null, task_id: null });
    const again = { id, model: MODEL, input: { prompt: input.prompt } };
    expect(await owner.press(again)).toMatchObject({ ok: false, error: { code: "id_conflict" } });
    expect(vendor.requests("submit").filter(({ headers }) => headers["idempotency-key"] === id)).toHaveLength(1);
  });

  await test.step("what is being made is hidden at once, and gone when it has ended", async () => {
    vendor.set({ hold: "processing" });
    const running = await pressed(owner, { prompt: "still rendering" });
    const stuck = await pressed(owner, { prompt: "never ends" });
    const kept = await pressed(other, { prompt: "of somebody else" });
    for (const [visitor, one] of [
      [owner, running],
      [owner, stuck],
      [other, kept],
    ] as const) {
      await expect.poll(async () => (await visitor.generation(one))?.status).toBe("processing");
    }
    // Not before ten minutes have gone.
    expect(await owner.call("stopWatching", stuck)).toMatchObject({ ok: true, value: { stoppedAt: null } });
    database.prepare("update generations set accepted_at = accepted_at - 600000 where id = ?").run(stuck);
    const stopped = await owner.call("stopWatching", stuck);
    expect(stopped).toMatchObject({ ok: true, value: { status: "processing", stoppedAt: expect.any(Number) } });
    expect(await owner.call("removeGeneration", running)).toEqual({ ok: true, value: null });
    expect(await owner.generation(running)).toBeUndefined();
    expect(rowOf(running)).toMatchObject({ status: "processing", prompt: "still rendering" });
    expect(await owner.call("removeEverything")).toEqual({ ok: true, value: { running: 2 } });
    expect(await (await owner.fetch("/api/generations")).json()).toEqual({ generations: [], next: null });
    vendor.set({ hold: null });
    await expect
      .poll(() => rowOf(running), { timeout: 30_000 })
      .toMatchObject({ owner: "", prompt: null, outputs: null });
    await isKept(other, kept);
    expect(filesWith(playground, "vault", running)).toEqual([]);
  });
  database.close();
});
