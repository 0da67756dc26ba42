import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import type { Upload, UploadsPage } from "../../lib/uploads/schema";
import { senderIn } from "../fixtures/host-sender";
import type { Ingest } from "../fixtures/ingest";
import { INGEST_KEY, INGEST_TOKEN } from "../fixtures/ingest-requests";
import type { test as base } from "../fixtures/ingest-test";
import { Screen } from "../fixtures/screen";
import { ROOT } from "../fixtures/server";
import { expect } from "../fixtures/test";

const CLIP = readFileSync(path.join(ROOT, "e2e/fixtures/clips/540x540.mp4"));
// More than the buffers between two sockets hold, so that a sender notices when nobody reads.
const CLIP_BYTES = 24_000_000;

/** A sound picture that no other test has. */
const picture = () => {
  const raw = randomBytes(120 * 90 * 3);
  return sharp(raw, { raw: { width: 120, height: 90, channels: 3 } })
    .png()
    .toBuffer();
};

/** A sound video, long enough that its way takes a while: players skip its end. */
function clip(): Buffer {
  const box = Buffer.alloc(16);
  box.writeUInt32BE(CLIP_BYTES - CLIP.length);
  box.write("free", 4);
  randomBytes(8).copy(box, 8);
  return Buffer.concat([CLIP, box], CLIP_BYTES);
}

const putsOf = (ingest: Ingest, key: string) => ingest.puts().filter((put) => put.key === key);

/** The way of a file to UploadThing, through the SDK on both sides; the same with PUBLIC_URL and without. */
export function describeUploadThing(test: typeof base, { isCalledBack }: { isCalledBack: boolean }): void {
  test("files go from the browser to UploadThing, and become uploads or are deleted there", async ({
    page,
    ingest,
    playground,
  }) => {
    test.setTimeout(120_000);
    await new Screen(page).open();
    const sender = await senderIn(page);
    const uploads = async () => ((await (await page.request.get("/api/uploads")).json()) as UploadsPage).uploads;
    const arrived = async (name: string): Promise<Upload> => {
      const sent = await sender.outcome(name);
      if (sent === "cancelled" || !sent.ok) throw new Error(JSON.stringify(sent));
      return sent.upload;
    };
    const keyOf = (name: string) => ingest.files().find((file) => file.name === name)?.key ?? "";

    // Two whose callbacks are never believed or never made: what becomes of them is looked at in the end.
    ingest.set({ callback: "never" });
    await sender.start("uncalled.png", await picture());
    await ingest.until(() => keyOf("uncalled.png") !== "");
    ingest.set({ callback: "forged" });
    await sender.start("forged.png", await picture());
    await ingest.until(() => ingest.calls().some(({ key }) => key === keyOf("forged.png")));
    ingest.clear();

    await test.step("it is told how far it has come, and what it became", async () => {
      const file = clip();
      ingest.set({ holdAfterBytes: 1_000_000 });
      await sender.start("clip.mp4", file);
      await expect
        .poll(async () => (await sender.shares("clip.mp4")).some((share) => share > 0 && share < 1))
        .toBe(true);
      ingest.clear();
      const upload = await arrived("clip.mp4");
      expect(upload).toMatchObject({ kind: "video", mime: "video/mp4", bytes: file.length, width: 540, height: 540 });
      expect((await sender.shares("clip.mp4")).at(-1)).toBe(1);
      const shown = await page.request.get(`/api/uploads/${upload.sha256}`);
      expect(file.equals(await shown.body())).toBe(true);
      const part = await page.request.get(`/api/uploads/${upload.sha256}`, { headers: { Range: "bytes=4-7" } });
      expect([part.status(), await part.text()]).toEqual([206, "ftyp"]);
    });

    await test.step("the handshake says where to call back, and nothing of the visitor", () => {
      expect(ingest.handshakes().length).toBeGreaterThan(2);
      for (const { isDev, callbackUrl, metadata } of ingest.handshakes()) {
        expect(isDev).toBe(!isCalledBack);
        expect(metadata).toEqual({});
        if (isCalledBack) expect(callbackUrl).toBe("https://playground.test/api/uploadthing");
      }
      const statuses = ingest.calls().map(({ key, status }) => [key, status]);
      expect(statuses).toContainEqual([keyOf("clip.mp4"), 200]);
      if (isCalledBack) expect(statuses).toContainEqual([keyOf("forged.png"), 400]);
    });

    await test.step("cancelled, it stops on its way", async () => {
      ingest.set({ holdAfterBytes: 1_000_000 });
      await sender.start("cancelled.mp4", clip());
      await expect.poll(async () => (await sender.shares("cancelled.mp4")).some((share) => share > 0)).toBe(true);
      await sender.abort("cancelled.mp4");
      expect(await sender.outcome("cancelled.mp4")).toBe("cancelled");
      ingest.clear();
      await ingest.until(() => ingest.puts().some(({ end }) => end === "left"));
      expect(keyOf("cancelled.mp4")).toBe("");
      const [key = ""] = ingest.handshakes().at(-1)?.fileKeys ?? [];
      // The page tells our server by the way.
      const asked = () => page.request.post("/api/uploads/arrived", { data: { key } });
      await expect.poll(async () => (await asked()).status()).toBe(400);
      expect((await (await asked()).json()).error.code).toBe("incomplete");
    });

    await test.step("cut on its way and sent again, it goes on where it stopped", async () => {
      const file = clip();
      const before = ingest.handshakes().length;
      ingest.set({ cutAfterBytes: 10_000_000 });
      await sender.start("cut.mp4", file);
      expect(await sender.outcome("cut.mp4")).toMatchObject({ ok: false, code: "network", canRetry: true });
      ingest.clear();
      await sender.retry("cut.mp4");
      const upload = await arrived("cut.mp4");
      expect(upload.bytes).toBe(file.length);
      const puts = putsOf(ingest, keyOf("cut.mp4"));
      const last = puts.at(-1);
      const there = puts.at(-2)?.bytes ?? 0;
      expect(puts[0]).toMatchObject({ from: 0, end: "cut" });
      expect(there).toBeGreaterThan(1_000_000);
      expect(last).toEqual({ key: last?.key, from: there, bytes: file.length - there, end: "stored" });
      expect(ingest.handshakes().length).toBe(before + 1);
      const shown = await page.request.get(`/api/uploads/${upload.sha256}`);
      expect(file.equals(await shown.body())).toBe(true);
    });

    await test.step("the same file twice is one upload, and one file there", async () => {
      const file = await picture();
      await sender.start("first.png", file);
      const first = await arrived("first.png");
      await sender.start("second.png", file);
      expect(await arrived("second.png")).toMatchObject({ ref: first.ref, name: "second.png" });
      const second = ingest.handshakes().at(-1)?.fileKeys ?? [];
      await ingest.until(() => second.every((key) => ingest.deleted().includes(key)));
      expect(keyOf("first.png")).not.toBe("");
    });

    await test.step("what is not what it was announced as is refused, and deleted there", async () => {
      const file = await picture();
      const page404 = Buffer.alloc(file.length, "<html><script>alert(1)</script>");
      for (const [name, swap] of [
        ["disguised.png", { bytes: page404 }],
        ["cut-short.png", { bytes: file.subarray(0, -30) }],
        ["renamed.png", { type: "image/jpeg" }],
      ] as const) {
        ingest.set({ swap });
        await sender.start(name, file);
        const sent = await sender.outcome(name);
        expect(sent, name).toMatchObject({ ok: false });
        const [key = ""] = ingest.handshakes().at(-1)?.fileKeys ?? [];
        await ingest.until(() => ingest.deleted().includes(key));
        expect(putsOf(ingest, key), name).toMatchObject([{ end: "stored" }]);
      }
      ingest.clear();
    });

    await test.step("a callback that never comes, or is not UploadThing's, is made good", async () => {
      for (const name of ["uncalled.png", "forged.png"]) {
        expect(await arrived(name)).toMatchObject({ kind: "image", name, width: 120, height: 90 });
      }
    });

    await test.step("an upload that is deleted is deleted there", async () => {
      const upload = await arrived("forged.png");
      const key = keyOf("forged.png");
      expect((await page.request.delete(`/api/uploads/${upload.sha256}`)).status()).toBe(204);
      await ingest.until(() => ingest.deleted().includes(key));
    });

    expect((await uploads()).map(({ name }) => name).toSorted()).toEqual(
      ["clip.mp4", "cut.mp4", "second.png", "uncalled.png"].toSorted(),
    );
    const told = `${playground.output()} ${await page.content()} ${JSON.stringify(ingest.handshakes())}`;
    for (const secret of [INGEST_KEY, INGEST_TOKEN]) expect(told.includes(secret)).toBe(false);
  });
}
