import { rmSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { leaveOlderRelease } from "./fixtures/older-release";
import { createDatabase, POSTGRES_URL } from "./fixtures/postgres";
import { newDataDir, startPlayground } from "./fixtures/server";
import { startVendor } from "./fixtures/vendor";
import { newVisitor } from "./fixtures/visitor";

for (const name of POSTGRES_URL ? ["SQLite", "Postgres"] : ["SQLite"]) {
  test(`two servers take over what the release before left on ${name}, and go on with it`, async () => {
    test.setTimeout(120_000);
    // What the release before was watching is not over yet when the servers look for the first time.
    const vendor = await startVendor({ settings: { finishedMs: 5_000 } });
    const dataDir = newDataDir();
    const database = name === "Postgres" ? await createDatabase() : null;
    const older = await leaveOlderRelease(
      dataDir,
      vendor,
      database ? async (sql) => void (await database.query(sql)) : undefined,
    );
    const env: Record<string, string> = { ...vendor.env, ...(database ? { DATABASE_URL: database.url } : {}) };

    // At once: both find tables of yesterday, and one of them changes them.
    const servers = await Promise.all([startPlayground({ env, dataDir }), startPlayground({ env, dataDir })]);
    const [first, second] = await Promise.all(servers.map(({ url }) => newVisitor(url, { cookie: older.cookie })));
    if (!first || !second) throw new Error("There are two");
    const { done, failed, running, unsent, unknown, others } = older.ids;

    for (const visitor of [first, second]) {
      expect(await visitor.generation(done)).toMatchObject({
        status: "succeeded",
        favorite: true,
        costActual: 675_000,
      });
      expect(await visitor.generation(failed)).toMatchObject({
        status: "failed",
        parentId: done,
        error: { code: "moderated" },
      });
      expect(await visitor.generation(unknown)).toMatchObject({ status: "unconfirmed" });
      expect(await visitor.generation(others)).toBeUndefined();
      const clip = await visitor.fetch(`/api/generations/${done}/outputs/0`, { headers: { Range: "bytes=0-99" } });
      expect([clip.status, (await clip.arrayBuffer()).byteLength]).toEqual([206, 100]);
      const picture = await visitor.fetch(`/api/uploads/${older.picture.sha256}`);
      expect(Buffer.from(await picture.arrayBuffer()).equals(older.picture.bytes)).toBe(true);
    }
    // What was made before there was a vault is copied as well.
    const keep = async () => (await second.generation(done))?.outputs[0]?.keep;
    await expect.poll(keep, { timeout: 20_000 }).toEqual({ state: "kept" });
    // A step that met a busy database waits until its claim has run out, which takes 25 seconds.
    const patiently = { timeout: 45_000 };
    await expect.poll(async () => (await first.generation(running))?.status, patiently).toBe("succeeded");
    await expect.poll(async () => (await second.generation(unsent))?.status, patiently).toBe("succeeded");
    const pressed = await second.press({ model: "viduq3-pro", input: { prompt: "pressed today" } });
    if (!pressed.ok) throw new Error(pressed.error.code);
    await expect.poll(async () => (await first.generation(pressed.value.id))?.status).toBe("succeeded");
    const charged = vendor.ledger().map(({ key }) => key);
    expect(charged.toSorted()).toEqual([done, running, unsent, pressed.value.id].toSorted());

    await Promise.all(servers.map((server) => server.stop()));
    await vendor.close();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
}
