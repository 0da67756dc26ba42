import { createHash, randomBytes, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { NESTED } from "@/e2e/fixtures/models";
import type { UploadRow } from "@/lib/db/schema";
import { parseModel } from "@/lib/models/catalogue";
import { resolveFiles } from "@/lib/uploads/client";
import { saveUpload } from "@/lib/uploads/mutations";
import { MissingFileError } from "@/lib/uploads/service";
import { uploadFile } from "@/lib/uploads/store";

// The sandbox answers here; what MindVideo gets is shown over HTTP in e2e/uploads-owned.spec.ts.
const model = parseModel(JSON.stringify(NESTED), "nested-files.json");
const owner = randomBytes(32).toString("hex");
const generation = { id: randomUUID(), owner };

async function kept(change: Partial<UploadRow> = {}, bytes = randomBytes(30)) {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const facts = { kind: "image" as const, mime: "image/png", width: 1, height: 1, duration_ms: null };
  const place = { host_key: null, host_url: null };
  const row = { sha256, owner, bytes: bytes.length, name: "a", ...facts, ...place, ...change };
  await mkdir(path.dirname(uploadFile(row.owner, sha256)), { recursive: true });
  await writeFile(uploadFile(row.owner, sha256), bytes);
  await saveUpload(row, Date.now());
  return { ref: `upload:${sha256}`, sha256, uri: `data:${row.mime};base64,${bytes.toString("base64")}` };
}

describe("what the sandbox is sent", () => {
  it("has pictures whole wherever a file stands, and references nowhere else", async () => {
    const [one, two] = [await kept(), await kept({ mime: "image/jpeg" })];
    const input = {
      prompt: `${one.ref} and ${two.ref}`,
      image_urls: [one.ref, "https://pictures.example/a.png", two.ref],
      mask: { url: two.ref, note: one.ref },
      image_with_roles: [{ url: one.ref, role: two.ref }],
    };
    const before = structuredClone(input);
    expect(await resolveFiles(model, input, generation)).toEqual({
      prompt: input.prompt,
      image_urls: [one.uri, "https://pictures.example/a.png", two.uri],
      mask: { url: two.uri, note: one.ref },
      image_with_roles: [{ url: one.uri, role: two.ref }],
    });
    expect(input).toEqual(before);
  });

  it("has of a video or a sound what it was", async () => {
    const video = await kept({ kind: "video", mime: "video/mp4", duration_ms: 5_200 });
    const sound = await kept({ kind: "audio", mime: "audio/mpeg", duration_ms: 900, width: null, height: null });
    expect(await resolveFiles(model, { video_url: video.ref, sound: sound.ref }, generation)).toEqual({
      video_url: "data:video/mp4;seconds=5.2,",
      sound: "data:audio/mpeg;seconds=0.9,",
    });
  });

  it("is the same each time, whatever else became known of the file", async () => {
    const bytes = randomBytes(40);
    const { ref } = await kept({ name: "one.png" }, bytes);
    const first = JSON.stringify(await resolveFiles(model, { image_url: ref }, generation));
    await kept({ name: "two.png" }, bytes);
    expect(JSON.stringify(await resolveFiles(model, { image_url: ref }, generation))).toBe(first);
  });
});

describe("a file that is gone", () => {
  it.each([
    ["its row", `upload:${"0".repeat(64)}`],
    ["another visitor's", null],
  ])("%s", async (_name, ref) => {
    const named = ref ?? (await kept({ owner: randomBytes(32).toString("hex") })).ref;
    await expect(resolveFiles(model, { camera: { still: named } }, generation)).rejects.toThrow(MissingFileError);
  });

  it("its bytes", async () => {
    const { ref, sha256 } = await kept();
    rmSync(uploadFile(owner, sha256));
    await expect(resolveFiles(model, { image_url: ref }, generation)).rejects.toThrow(MissingFileError);
  });
});
