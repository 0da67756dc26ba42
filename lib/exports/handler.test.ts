import { createHash, randomUUID } from "node:crypto";
import { truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import yauzl from "yauzl";
import { storePress } from "@/e2e/fixtures/press";
import { db } from "@/lib/db/client";
import { env } from "@/lib/env";
import { serveExport } from "@/lib/exports/handler";
import { claimExport, releaseExport, renewExport } from "@/lib/exports/mutations";
import { EXPORT_LEASE_MS, MAX_EXPORTS } from "@/lib/exports/policy";
import { saveUpload } from "@/lib/uploads/mutations";
import { openPart, uploadFile } from "@/lib/uploads/store";

const newOwner = () => createHash("sha256").update(randomUUID()).digest("hex");
const get = (method = "GET") => new Request("http://localhost/api/export", { method });

async function upload(owner: string, name: string, bytes: Buffer) {
  const part = await openPart(owner);
  await part.write(bytes);
  const sha256 = await part.finish();
  await part.keep();
  const facts = {
    kind: "image" as const,
    mime: "image/png",
    bytes: bytes.length,
    width: 1,
    height: 1,
    duration_ms: null,
  };
  await saveUpload({ sha256, owner, name, ...facts, host_key: null, host_url: null }, Date.now());
  return sha256;
}

type Copy = { state: "kept" | "dropped"; bytes: Buffer };

async function generation(owner: string, prompt: string, copies: Copy[]) {
  const { id } = await storePress({ owner, prompt });
  const outputs = JSON.stringify(copies.map(() => ({ kind: "video", url: "https://vendor.example/secret.mp4" })));
  const end = { status: "succeeded" as const, outputs, finished_at: Date.now(), cost_actual: 675_000, due_at: null };
  await (await db()).updateTable("generations").set(end).where("id", "=", id).execute();
  await (await db()).deleteFrom("vault").where("generation", "=", id).execute();
  for (const [index, { state, bytes }] of copies.entries()) {
    const isKept = state === "kept";
    const file = path.join(id.slice(0, 2), `${id}-${index}`);
    await mkdir(path.join(env().dataDir, "vault", id.slice(0, 2)), { recursive: true });
    if (isKept) writeFileSync(path.join(env().dataDir, "vault", file), bytes);
    const place = isKept ? { path: file, bytes: bytes.length, mime: "video/mp4", kept_at: 1 } : {};
    await (await db())
      .insertInto("vault")
      .values({ generation: id, output_index: index, state, ...place })
      .execute();
  }
  return id;
}

const copyFile = (id: string, index = 0) => path.join(env().dataDir, "vault", id.slice(0, 2), `${id}-${index}`);

type Manifest = {
  generations: {
    id: string;
    cost: number;
    settings: object;
    outputs: { file?: string; bytes?: number; why?: string }[];
  }[];
  uploads: { sha256: string; name: string; file?: string; why?: string }[];
};

/** Unpacks an archive as any program would, by its list at the end, and checks every checksum on the way. */
async function unpack(zip: Buffer) {
  const files = new Map<string, Buffer>();
  const folder = await mkdtemp(path.join(tmpdir(), "playground-zip-"));
  writeFileSync(path.join(folder, "a.zip"), zip);
  const archive = await yauzl.openPromise(path.join(folder, "a.zip"));
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks));
    expect(entry.compressionMethod).toBe(0);
  }
  await rm(folder, { recursive: true });
  const text = String(files.get("manifest.json"));
  const manifest = JSON.parse(text) as Manifest;
  // A person can read it as well.
  expect(text).toBe(`${JSON.stringify(manifest, null, 2)}\n`);
  return { files, manifest, order: [...files.keys()] };
}

const taken = async (owner: string) => unpack(Buffer.from(await (await serveExport(owner, get())).arrayBuffer()));
const isOver = async (owner: string) => (await serveExport(owner, get("HEAD"))).status === 200;

describe("taking everything out", () => {
  it("gives each file once, under a good name, and a manifest that comes last and names all of it", async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const [first, second] = [Buffer.from("a film"), Buffer.from("another film")];
    const id = await generation(owner, "A red kite over dunes", [
      { state: "kept", bytes: first },
      { state: "kept", bytes: second },
      { state: "dropped", bytes: first },
    ]);
    const picture = Buffer.from(randomUUID());
    const [plain, same, nasty] = [
      await upload(owner, "beach.png", picture),
      await upload(owner, "Beach.PNG", Buffer.from(randomUUID())),
      await upload(owner, "../../etc/\u202Epasswd:con\n.jpg", Buffer.from(randomUUID())),
    ];
    await generation(other, "not mine", [{ state: "kept", bytes: first }]);
    await upload(other, "not-mine.png", Buffer.from(randomUUID()));
    const { files, manifest, order } = await taken(owner);
    const stem = `outputs/viduq3-pro-a-red-kite-over-${id.replaceAll("-", "").slice(0, 6)}`;
    expect(order.map((name) => name.toLowerCase()).toSorted()).toEqual(
      [
        "manifest.json",
        `${stem}.mp4`,
        `${stem}-2.mp4`,
        "uploads/beach.png",
        "uploads/beach-2.png",
        "uploads/-..-etc-passwd-con.jpg.png",
      ].toSorted(),
    );
    expect(order.at(-1)).toBe("manifest.json");
    expect([files.get(`${stem}.mp4`), files.get(`${stem}-2.mp4`)]).toEqual([first, second]);
    const [made, ...more] = manifest.generations;
    expect(more).toEqual([]);
    expect(made).toMatchObject({ id, cost: 0.675, settings: { prompt: "A red kite over dunes" }, status: "succeeded" });
    expect(made?.outputs).toEqual([
      { kind: "video", file: `${stem}.mp4`, bytes: first.length },
      { kind: "video", file: `${stem}-2.mp4`, bytes: second.length },
      { kind: "video", why: expect.stringMatching(/made room/) },
    ]);
    expect(manifest.uploads.map(({ sha256 }) => sha256).toSorted()).toEqual([plain, same, nasty].toSorted());
    for (const { file } of manifest.uploads) expect(files.has(file ?? ""), file).toBe(true);
    const whole = JSON.stringify(manifest);
    for (const secret of [owner, other, "vendor.example", "not mine"]) expect(whole).not.toContain(secret);
  });

  it("stays readable when files are gone, or break off in the middle, and says so", async () => {
    const owner = newOwner();
    const [gone, cut, whole] = [
      await generation(owner, "gone", [{ state: "kept", bytes: Buffer.from("x") }]),
      await generation(owner, "cut", [{ state: "kept", bytes: Buffer.alloc(1_000_000, "y") }]),
      await generation(owner, "whole", [{ state: "kept", bytes: Buffer.from("z") }]),
    ];
    const lost = await upload(owner, "lost.png", Buffer.from(randomUUID()));
    unlinkSync(copyFile(gone));
    unlinkSync(uploadFile(owner, lost));
    const response = await serveExport(owner, get());
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const chunks: Uint8Array[] = [];
    // The files come newest first: in the middle of the second one its end is taken away.
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.length;
      if (bytes > 200_000 && bytes < 300_000) truncateSync(copyFile(cut), 200_000);
    }
    const { files, manifest } = await unpack(Buffer.concat(chunks));
    const outputsOf = (id: string) => manifest.generations.find((one) => one.id === id)?.outputs[0];
    expect(outputsOf(whole)).toMatchObject({ bytes: 1 });
    expect(outputsOf(gone)).toEqual({ kind: "video", why: expect.any(String) });
    expect(outputsOf(cut)).toMatchObject({ why: expect.stringMatching(/^It broke off: \d+ of 1000000 bytes/) });
    const rest = files.get(outputsOf(cut)?.file ?? "");
    expect(rest).toHaveLength(outputsOf(cut)?.bytes ?? -1);
    expect(rest?.length).toBeLessThan(1_000_000);
    expect(manifest.uploads).toEqual([expect.objectContaining({ sha256: lost, why: "Its file is no longer here." })]);
  });

  it("is an archive of a manifest for somebody who has made nothing", async () => {
    const { order, manifest } = await taken(newOwner());
    expect(order).toEqual(["manifest.json"]);
    expect(manifest).toMatchObject({ generations: [], uploads: [] });
  });
});

describe("one at a time", () => {
  it("refuses a second one of the same visitor, and begins anew when the first was cancelled", async () => {
    const owner = newOwner();
    await generation(owner, "long", [{ state: "kept", bytes: Buffer.alloc(5_000_000, "y") }]);
    const first = await serveExport(owner, get());
    const reader = (first.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.read();
    const second = await serveExport(owner, get());
    expect([second.status, (await serveExport(owner, get("HEAD"))).status]).toEqual([429, 429]);
    expect(await second.json()).toMatchObject({ error: { code: "export_busy", message: expect.any(String) } });
    await reader.cancel();
    expect(await isOver(owner)).toBe(true);
    // Neither the film nor the manifest is held open.
    const open = await readdir("/proc/self/fd").catch(() => []);
    const { readlink } = await import("node:fs/promises");
    const files = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
    expect(files.filter((file) => /vault|exports/.test(file))).toEqual([]);
    expect((await taken(owner)).order).toHaveLength(2);
    expect(await isOver(owner)).toBe(true);
  });

  it("serves a few visitors at once, and no more", async () => {
    const owners = Array.from({ length: MAX_EXPORTS + 1 }, newOwner);
    const answers = await Promise.all(owners.map((owner) => serveExport(owner, get())));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(MAX_EXPORTS).fill(200), 429]);
    for (const { body } of answers) await body?.cancel();
    expect((await taken(newOwner())).order).toEqual(["manifest.json"]);
  });

  it("holds over all servers, for as long as the one that runs it says so", async () => {
    const [owner, now] = [newOwner(), Date.now()];
    expect(await claimExport(owner, "one", now)).toBe(true);
    expect(await claimExport(owner, "two", now + EXPORT_LEASE_MS - 1)).toBe(false);
    await renewExport(owner, "one", now + 1_000);
    expect(await claimExport(owner, "two", now + EXPORT_LEASE_MS)).toBe(false);
    expect(await claimExport(owner, "two", now + EXPORT_LEASE_MS + 1_000)).toBe(true);
    await releaseExport(owner, "one");
    expect(await claimExport(owner, "three", now + EXPORT_LEASE_MS + 1_000)).toBe(false);
    await releaseExport(owner, "two");
    expect(await claimExport(owner, "three", now)).toBe(true);
  });
});
