import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { INGEST_TOKEN } from "@/e2e/fixtures/ingest-requests";
import { NESTED } from "@/e2e/fixtures/models";
import type { UploadRow } from "@/lib/db/schema";
import { parseModel } from "@/lib/models/catalogue";
import { checkFiles } from "@/lib/uploads/access";
import { saveUpload } from "@/lib/uploads/mutations";

// MindVideo itself, which can reach UploadThing and nothing here.
Object.assign(process.env, { MINDVIDEO_API_KEY: "mv_test", UPLOADTHING_TOKEN: INGEST_TOKEN });

const model = parseModel(JSON.stringify(NESTED), "nested-files.json");
const owner = randomBytes(32).toString("hex");

async function upload(change: Partial<UploadRow>): Promise<string> {
  const sha256 = randomBytes(32).toString("hex");
  const facts = { kind: "video" as const, mime: "video/mp4", width: 1, height: 1, duration_ms: 1, bytes: 1, name: "a" };
  await saveUpload({ sha256, owner, host_key: null, host_url: null, ...facts, ...change }, Date.now());
  return `upload:${sha256}`;
}

const problemWith = async (field: string, ref: string, of = owner) =>
  (await checkFiles(model, { [field]: ref }, of)).issues[0]?.message ?? null;

it("takes what MindVideo can be given", async () => {
  const hosted = { host_key: "key", host_url: "https://files.example/f/key" };
  expect(await problemWith("video_url", await upload(hosted))).toBeNull();
  expect(await problemWith("image_url", await upload({ kind: "image", mime: "image/png" }))).toBeNull();
});

it("refuses a video that was kept here before there was UploadThing, before anything is sent", async () => {
  const message = "This video lies where MindVideo cannot reach it. Add it again.";
  expect(await problemWith("video_url", await upload({}))).toBe(message);
});

it("refuses what is not there, not this visitor's, or of another kind", async () => {
  const gone = "This video is no longer here. Add it again.";
  const ref = await upload({});
  expect(await problemWith("video_url", "upload:nothing")).toBe(gone);
  expect(await problemWith("video_url", ref, randomBytes(32).toString("hex"))).toBe(gone);
  expect(await problemWith("image_url", ref)).toBe("An image belongs here, and this is a video.");
});
