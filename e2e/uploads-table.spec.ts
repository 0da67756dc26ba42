import { createHash } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { UPLOAD_REFUSALS, UPLOADS_PER_MINUTE } from "../lib/uploads/policy";
import { FILES, type TestFile } from "./fixtures/files";
import { startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";

// A visitor may send so many a minute, so the table is spread over several; how many it takes is no matter.
const CHUNK = Math.floor(UPLOADS_PER_MINUTE / 2);
const chunks = Array.from({ length: Math.ceil(FILES.length / CHUNK) }, (_, index) =>
  FILES.slice(index * CHUNK, (index + 1) * CHUNK),
);

/** Sends a file as the page does, and checks what comes back and what is kept. */
async function bring(visitor: APIRequestContext, { about, name, type, make, own }: TestFile): Promise<void> {
  const bytes = await make();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const sent = await visitor.post("/api/uploads", {
    data: bytes,
    headers: { "Content-Type": type, "X-File-Name": encodeURIComponent(name) },
  });
  const answer = await sent.json();
  const kept = await visitor.get(`/api/uploads/${sha256}`);
  if (typeof own === "string") {
    const [status, title] = UPLOAD_REFUSALS[own];
    expect([sent.status(), answer.error.code], about).toEqual([status, own]);
    // A whole sentence on what is wrong, and one on what to do.
    expect(answer.error.message, about).toMatch(new RegExp(`^${title.replaceAll(".", "\\.")} [A-Z].{10,}\\.$`));
    expect(kept.status(), about).toBe(404);
    return;
  }
  expect([sent.status(), answer.error], about).toEqual([201, undefined]);
  expect(answer, about).toMatchObject({ ...own, sha256, ref: `upload:${sha256}`, bytes: bytes.length });
  expect((await kept.body()).equals(bytes), about).toBe(true);
  expect(kept.headers(), about).toMatchObject({
    "content-type": own.mime,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
  });
}

test("every file gets what the table says", async ({ playwright }) => {
  // Some of the files are as large as they may be, and larger; on a busy machine that takes its time.
  test.setTimeout(120_000);
  expect(new Set(FILES.map(({ about }) => about)).size).toBe(FILES.length);
  expect(FILES.length).toBeGreaterThan(40);
  const playground = await startPlayground();
  for (const files of chunks) {
    const visitor = await playwright.request.newContext({ baseURL: playground.url });
    await visitor.get("/");
    for (const file of files) await test.step(file.about, () => bring(visitor, file));
    await visitor.dispose();
  }
  await playground.stop();
});
