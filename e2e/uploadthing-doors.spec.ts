import type { APIRequestContext, PlaywrightWorkerArgs } from "@playwright/test";
import { genUploader } from "uploadthing/client";
import { UPLOAD_POLICY } from "../lib/uploads/policy";
import { putByHand, shakeHands } from "./fixtures/hand-sent";
import { INGEST_KEY, INGEST_TOKEN, sign } from "./fixtures/ingest-requests";
import { test } from "./fixtures/ingest-test";
import { png } from "./fixtures/picture-files";
import { startPlayground } from "./fixtures/server";
import { expect } from "./fixtures/test";

// The doors that UploadThing and browsers knock at, over HTTP: who is let in, and who is told what.

test.use({ publicUrl: "https://playground.test" });

/** A visitor over HTTP, with the cookie that makes them one. The address is public, so the cookie is for https alone. */
async function newcomer(playwright: PlaywrightWorkerArgs["playwright"], baseURL: string) {
  const page = await fetch(baseURL);
  const cookie = page.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  return { cookie, visitor: await playwright.request.newContext({ baseURL, extraHTTPHeaders: { cookie } }) };
}

const arrived = (visitor: APIRequestContext, key: string) => visitor.post("/api/uploads/arrived", { data: { key } });

test("the handshake refuses before a byte leaves, in our words", async ({ playwright, playground, ingest }) => {
  const { cookie, visitor } = await newcomer(playwright, playground.url);
  const { uploadFiles } = genUploader({
    url: new URL("/api/uploadthing", playground.url),
    fetch: (input, init) => {
      const headers = new Headers(init?.headers as Headers);
      headers.set("cookie", cookie);
      return fetch(String(input), { ...init, headers } as RequestInit);
    },
  });
  const refusal = (...files: File[]) =>
    uploadFiles("file", { files }).then(
      () => "taken",
      ({ cause }) => (cause as { error: { code: string } }).error.code,
    );
  const { maxBytes } = UPLOAD_POLICY.image;
  const large = new File([new Uint8Array(maxBytes + 1)], "large.png", { type: "image/png" });
  const small = new File(["x"], "small.png", { type: "image/png" });
  expect(await refusal(large)).toBe("too_large");
  for (const type of ["image/svg+xml", "image/webp", "text/html", "application/pdf"]) {
    expect(await refusal(new File(["x"], "x.png", { type })), type).toBe("wrong_type");
  }
  expect(await refusal(new File([], "empty.png", { type: "image/png" }))).toBe("empty");
  expect(await refusal(small, small)).toBe("unavailable");
  const stranger = await playwright.request.newContext({ baseURL: playground.url });
  expect(await shakeHands(stranger, { name: "x.png", type: "image/png", size: 1 })).toMatchObject({
    ...{ ok: false, status: 401, error: { code: "no_visitor", message: expect.stringMatching(/^This page/) } },
  });
  const crowd = await visitor.post("/api/uploadthing?actionType=upload&slug=file", { data: "x".repeat(70_000) });
  expect(crowd.status()).toBe(413);
  expect((await visitor.post("/api/uploadthing?actionType=upload&slug=other", { data: {} })).ok()).toBe(false);
  expect([ingest.handshakes(), ingest.puts()]).toEqual([[], []]);
});

test("the callback and the browser look at the same file once, and nobody else may ask", async ({
  playwright,
  playground,
  ingest,
}) => {
  const { visitor } = await newcomer(playwright, playground.url);
  const { visitor: other } = await newcomer(playwright, playground.url);
  const bytes = await png(200, 150, 7);
  const handout = await shakeHands(visitor, { name: "one.png", type: "image/png", size: bytes.length });
  if (!handout.ok) throw new Error(handout.error.message);
  const { key, url } = handout;
  expect((await arrived(visitor, key)).status()).toBe(202);
  expect((await arrived(other, key)).status()).toBe(404);
  expect((await arrived(visitor, `${key}x`)).status()).toBe(404);
  expect((await arrived(visitor, "\0")).status()).toBe(404);

  ingest.set({ callback: "held" });
  const put = putByHand(url, bytes);
  await ingest.until(() => ingest.files().some((file) => file.key === key));
  ingest.clear();
  const asked = await Promise.all([arrived(visitor, key), arrived(visitor, key), arrived(other, key)]);
  const made = (await put) as { state: string; upload: { sha256: string } };
  expect(made).toMatchObject({ state: "kept", upload: { name: "one.png", width: 200, height: 150 } });
  expect(asked.map((answer) => answer.status())).toEqual([200, 200, 404]);
  for (const answer of asked.slice(0, 2)) expect(await answer.json()).toEqual(made.upload);
  expect(ingest.reads().filter((read) => read === key)).toHaveLength(1);
  const { uploads } = await (await visitor.get("/api/uploads")).json();
  expect(uploads).toEqual([made.upload]);

  for (const path of [`/api/uploads/${made.upload.sha256}`, `/api/uploads/${made.upload.sha256}?thumb`]) {
    expect([(await visitor.get(path)).status(), (await other.get(path)).status()]).toEqual([200, 404]);
  }
});

test("what its visitor cancels becomes no upload, though it arrives", async ({ playwright, playground, ingest }) => {
  const { visitor } = await newcomer(playwright, playground.url);
  const { visitor: other } = await newcomer(playwright, playground.url);
  const bytes = await png(60, 50, 11);
  const handout = await shakeHands(visitor, { name: "no.png", type: "image/png", size: bytes.length });
  if (!handout.ok) throw new Error(handout.error.message);
  const { key, url } = handout;
  ingest.set({ callback: "held" });
  const put = putByHand(url, bytes);
  await ingest.until(() => ingest.files().some((file) => file.key === key));
  const cancelBy = (who: APIRequestContext) => who.delete("/api/uploads/arrived", { data: { key } });
  expect([(await cancelBy(other)).status(), (await cancelBy(visitor)).status()]).toEqual([204, 204]);
  ingest.clear();
  expect(await put).toMatchObject({ state: "refused" });
  expect(await (await visitor.get("/api/uploads")).json()).toMatchObject({ uploads: [] });
});

test("the page may send to UploadThing, and to nobody where there is no token", async ({ playground, ingest }) => {
  const policyOf = async (url: string) => (await fetch(url)).headers.get("content-security-policy") ?? "";
  expect(await policyOf(playground.url)).toContain(`connect-src 'self' ${ingest.origin};`);
  expect(await policyOf(playground.url)).toContain("img-src 'self' blob: data:;");
  const plain = await startPlayground();
  expect(await policyOf(plain.url)).toContain("connect-src 'self';");
  const door = await fetch(`${plain.url}/api/uploadthing?actionType=upload&slug=file`, { method: "POST", body: "{}" });
  expect(door.status).toBe(404);
  await plain.stop();
});

test("a callback counts only with UploadThing's signature", async ({ playwright, playground, ingest }) => {
  const { visitor } = await newcomer(playwright, playground.url);
  const bytes = await png(90, 60, 8);
  const handout = await shakeHands(visitor, { name: "two.png", type: "image/png", size: bytes.length });
  if (!handout.ok) throw new Error(handout.error.message);
  const { key, url } = handout;
  ingest.set({ callback: "never" });
  void putByHand(url, bytes).catch(() => {});
  await ingest.until(() => ingest.files().some((file) => file.key === key));

  const about = { url, appUrl: url, ufsUrl: url, fileHash: "0", customId: null, type: "image/png", lastModified: 0 };
  const file = { name: "two.png", size: bytes.length, key, ...about };
  const body = JSON.stringify({ status: "uploaded", file, origin: ingest.origin, metadata: {} });
  const call = (signature: string | null) =>
    fetch(`${playground.url}/api/uploadthing?slug=file`, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/json",
        "uploadthing-hook": "callback",
        ...(signature === null ? {} : { "x-uploadthing-signature": signature }),
      },
    });
  for (const signature of [null, "", "hmac-sha256=", sign(body, "sk_live_other"), sign(`${body} `)]) {
    expect((await call(signature)).status, String(signature)).toBe(400);
  }
  expect(ingest.reads()).not.toContain(key);
  expect((await call(sign(body))).status).toBe(200);
  await expect.poll(async () => (await arrived(visitor, key)).status()).toBe(200);
  expect(playground.output().includes(INGEST_KEY)).toBe(false);
});

test("a file that UploadThing does not give yet is asked for again", async ({ playwright, playground, ingest }) => {
  const { visitor } = await newcomer(playwright, playground.url);
  const bytes = await png(80, 60, 9);
  const handout = await shakeHands(visitor, { name: "three.png", type: "image/png", size: bytes.length });
  if (!handout.ok) throw new Error(handout.error.message);
  ingest.set({ hidesFiles: true });
  expect(await putByHand(handout.url, bytes)).toEqual({ state: "pending" });
  expect((await arrived(visitor, handout.key)).status()).toBe(202);
  ingest.clear();
  expect((await arrived(visitor, handout.key)).status()).toBe(200);
});

test("UploadThing in trouble is told in our log, without the key and without a signed address", async ({
  playwright,
  playground,
  ingest,
}) => {
  const { visitor } = await newcomer(playwright, playground.url);
  const bytes = await png(70, 60, 10);
  const announced = { name: "four.png", type: "image/png", size: bytes.length };
  const handout = await shakeHands(visitor, announced);
  if (!handout.ok) throw new Error(handout.error.message);
  await putByHand(handout.url, bytes);
  const { uploads } = await (await visitor.get("/api/uploads")).json();
  for (const api of ["refuses", "hangs-up"] as const) {
    ingest.set({ api });
    expect((await shakeHands(visitor, announced)).ok).toBe(true);
  }
  expect((await visitor.delete(`/api/uploads/${uploads[0].sha256}`)).status()).toBe(204);
  await expect.poll(() => playground.output()).toContain("host_deletion_failed");
  expect(playground.output()).toContain("uploadthing_refused");
  expect(playground.output()).toContain("uploadthing_not_reached");
  for (const secret of [INGEST_KEY, INGEST_TOKEN, "signature="]) {
    expect(playground.output().includes(secret), secret).toBe(false);
  }
});
