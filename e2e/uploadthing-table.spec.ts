import { createHash } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { judgeType } from "../lib/outputs/policy";
import { kindOfMime, UPLOAD_POLICY, UPLOADS_PER_MINUTE } from "../lib/uploads/policy";
import { FILES, type TestFile, type Verdict } from "./fixtures/files";
import { putByHand, shakeHands } from "./fixtures/hand-sent";
import type { Ingest } from "./fixtures/ingest";
import { test } from "./fixtures/ingest-test";
import { expect } from "./fixtures/test";

// A visitor may send so many a minute, and each file is sent twice.
const CHUNK = Math.floor(UPLOADS_PER_MINUTE / 4);
const chunks = Array.from({ length: Math.ceil(FILES.length / CHUNK) }, (_, index) =>
  FILES.slice(index * CHUNK, (index + 1) * CHUNK),
);

const subtype = (mime: string) => mime.split("/")[1];

/** What a file gets that is announced as `type`: what our own store says of it, unless the announcement decides first. */
function verdictOf(own: Verdict, type: string, size: number): { verdict: Verdict; leaves: boolean } {
  const kind = kindOfMime(type);
  if (size === 0) return { verdict: "empty", leaves: false };
  if (!kind) return { verdict: "wrong_type", leaves: false };
  if (size > UPLOAD_POLICY[kind].maxBytes) return { verdict: "too_large", leaves: false };
  // It would be served to MindVideo as something that it is not.
  const isMisnamed = typeof own !== "string" && subtype(own.mime) !== subtype(type);
  return { verdict: isMisnamed ? "broken" : own, leaves: true };
}

async function bring(visitor: APIRequestContext, ingest: Ingest, file: TestFile, bytes: Buffer): Promise<void> {
  const { name, type } = file;
  const { verdict, leaves } = verdictOf(file.own, type, bytes.length);
  const about = `${file.about}, announced as ${type}`;
  const handout = await shakeHands(visitor, { name, type, size: bytes.length });
  expect(handout.ok, about).toBe(leaves);
  if (!handout.ok) return expect(handout.error.code, about).toBe(verdict);

  const made = await putByHand(handout.url, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (typeof verdict === "string") {
    expect(made, about).toMatchObject({ state: "refused", refusal: { code: verdict } });
    return ingest.until(() => ingest.deleted().includes(handout.key));
  }
  expect(made, about).toMatchObject({ state: "kept", upload: { ...verdict, sha256, bytes: bytes.length } });
  const kept = await visitor.get(`/api/uploads/${sha256}`);
  expect((await kept.body()).equals(bytes), about).toBe(true);
  expect(kept.headers(), about).toMatchObject({
    "content-type": verdict.mime,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
  });
}

test("every file gets at UploadThing what it gets in our own store, and a false announcement nothing", async ({
  playwright,
  playground,
  ingest,
}) => {
  test.setTimeout(120_000);
  for (const files of chunks) {
    const visitor = await playwright.request.newContext({ baseURL: playground.url });
    await visitor.get("/");
    for (const file of files) {
      await test.step(file.about, async () => {
        const bytes = await file.make();
        // As our own page announces it, which is by its bytes, and as its name makes others announce it.
        const byBytes = judgeType(bytes.subarray(0, 64));
        expect(verdictOf(file.own, byBytes, bytes.length).verdict, file.about).toEqual(file.own);
        for (const type of new Set([byBytes, file.type])) await bring(visitor, ingest, { ...file, type }, bytes);
      });
    }
    await visitor.dispose();
  }
});
