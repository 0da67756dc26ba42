import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { mp4, wav } from "./fixtures/media-files";
import { modelsFolder, NESTED } from "./fixtures/models";
import { jpeg, png } from "./fixtures/picture-files";
import { type Playground, startPlayground } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { startVendor, type Vendor } from "./fixtures/vendor";
import { newVisitor, shaOf, type Visitor } from "./fixtures/visitor";

// No page is opened here: these are the promises of the routes, to whoever speaks to them.
const PUBLIC_URL = "https://playground.example";
const MODEL = "viduq3-pro";
// One worker, or each would start servers of its own.
test.describe.configure({ mode: "default" });
const FAST = { SUBMITS_PER_MINUTE: "1000", SUBMITS_PER_MINUTE_ALL: "1000", ACTIVE_LIMIT_VISITOR: "100" };

let vendor: Vendor;
let direct: Playground;
let hosted: Playground;
let models: string;
test.beforeAll(async () => {
  vendor = await startVendor();
  models = modelsFolder([NESTED]);
  const env = { ...vendor.env, ...FAST, MODELS_DIR: models };
  [direct, hosted] = await Promise.all([
    startPlayground({ env }),
    startPlayground({ env: { ...env, PUBLIC_URL, SESSION_SECRET: "s".repeat(40) } }),
  ]);
});
test.afterAll(async () => {
  await Promise.all([direct.stop(), hosted.stop()]);
  await vendor.close();
  rmSync(models, { recursive: true });
});
test.afterEach(() => vendor.clear());

/** The upload of a file that must be taken. */
async function given(visitor: Visitor, bytes: Uint8Array, name?: string) {
  const upload = await visitor.upload(bytes, name);
  if ("code" in upload) throw new Error(upload.message);
  return upload;
}

/** Every request that reached the vendor for a press. */
const sent = (id: string) => vendor.requests("submit").filter((request) => request.headers["idempotency-key"] === id);

/** A press that must be taken, and what the vendor got of it. */
async function received(visitor: Visitor, input: Record<string, unknown>, model = MODEL) {
  const pressed = await visitor.press({ model, input });
  if (!pressed.ok) throw new Error(JSON.stringify(pressed.error));
  const { id } = pressed.value;
  await expect.poll(() => sent(id).length).toBe(1);
  return { id, input: JSON.parse(sent(id)[0]?.body ?? "").input as Record<string, unknown> };
}

const dataUri = (bytes: Uint8Array, mime = "image/jpeg") =>
  `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`;

async function ended(visitor: Visitor, id: string, status: string) {
  await expect.poll(async () => (await visitor.generation(id))?.status).toBe(status);
}

test("who knows a file's hash can neither see it, nor attach it, nor delete it", async () => {
  const [owner, other] = [await newVisitor(direct.url), await newVisitor(direct.url)];
  const picture = await jpeg(64, 48, 501);
  const { ref, sha256 } = await given(owner, picture);
  const at = `/api/uploads/${sha256}`;

  await test.step("see", async () => {
    for (const route of [at, `${at}?thumb`, `${at}?g=x&sig=x`, `/u/${sha256}`, `/u/${sha256}?g=x&sig=`]) {
      expect((await other.fetch(route)).status, route).toBe(404);
      expect((await other.fetch(route, { method: "HEAD" })).status, route).toBe(404);
    }
    const known = await (await other.fetch(`/api/uploads?sha=${sha256}`)).json();
    expect(known).toEqual({ uploads: [], next: null });
    expect((await (await other.fetch("/api/uploads")).json()).uploads).toEqual([]);
    for (const route of [at, "/api/uploads"]) expect((await fetch(direct.url + route)).status).toBe(401);
  });

  await test.step("delete, hold or let go", async () => {
    expect((await other.fetch(at, { method: "DELETE" })).status).toBe(404);
    const change = { method: "PATCH", body: JSON.stringify({ release: [sha256], hold: [sha256] }) };
    expect((await other.fetch("/api/uploads", change)).status).toBe(204);
    expect((await owner.fetch(at)).status).toBe(200);
  });

  await test.step("attach, wherever a file can stand", async () => {
    const message = "This image is no longer here. Add it again.";
    const places: [string, string, Record<string, unknown>][] = [
      [MODEL, "image_urls", { image_urls: [ref] }],
      [NESTED.slug, "image_url", { image_url: ref }],
      [NESTED.slug, "mask", { mask: { url: ref, note: "sky" } }],
      [NESTED.slug, "image_with_roles", { image_with_roles: [{ url: ref, role: "style" }] }],
      [NESTED.slug, "camera", { camera: { still: ref } }],
    ];
    const before = vendor.requests("submit").length;
    for (const [model, field, input] of places) {
      const refused = await other.press({ model, input: { prompt: "mine now", ...input } });
      expect(refused, field).toMatchObject({
        ok: false,
        error: { code: "invalid_input", field, issues: [{ field, message }] },
      });
    }
    // What only looks like a reference is not sent on as one.
    const odd = await owner.press({ model: MODEL, input: { image_urls: [ref.toUpperCase()] } });
    expect(odd).toMatchObject({ ok: false, error: { issues: [{ field: "image_urls", message }] } });
    expect(vendor.requests("submit").length).toBe(before);
  });

  await test.step("a reference in the prompt is text, for its owner too", async () => {
    for (const visitor of [owner, other]) {
      const { input } = await received(visitor, { prompt: `a poster that says ${ref}` });
      expect(input.prompt).toBe(`a poster that says ${ref}`);
    }
    const whole = await received(owner, { prompt: ref, mask: { note: ref } }, NESTED.slug);
    expect(whole.input).toEqual({ prompt: ref, mask: { note: ref } });
  });
});

test("the same file from two visitors survives the deletion by one", async () => {
  const visitors = [await newVisitor(direct.url), await newVisitor(direct.url)] as const;
  const picture = await jpeg(64, 48, 502);
  const [{ ref, sha256 }] = [await given(visitors[0], picture), await given(visitors[1], picture)];
  expect((await visitors[0].fetch(`/api/uploads/${sha256}`, { method: "DELETE" })).status).toBe(204);
  expect((await visitors[0].fetch(`/api/uploads/${sha256}`)).status).toBe(404);
  const kept = await visitors[1].fetch(`/api/uploads/${sha256}`);
  expect(shaOf(new Uint8Array(await kept.arrayBuffer()))).toBe(sha256);
  const { input } = await received(visitors[1], { prompt: "still here", image_urls: [ref] });
  expect(input.image_urls).toEqual([dataUri(picture)]);
});

test("without an address of our own the vendor gets the file itself, byte for byte", async () => {
  const visitor = await newVisitor(direct.url);
  const [first, last] = [await jpeg(90, 60, 503), await png(60, 90, 504)];
  const [one, two] = [await given(visitor, first), await given(visitor, last)];
  const elsewhere = "https://pictures.example/a.jpg";

  const pair = await received(visitor, { image_urls: [two.ref, one.ref] });
  expect(pair.input.image_urls).toEqual([dataUri(last, "image/png"), dataUri(first)]);
  const nested = {
    prompt: "all at once",
    image_url: elsewhere,
    image_urls: [one.ref, elsewhere, one.ref],
    mask: { url: two.ref, note: "sky" },
    image_with_roles: [
      { url: one.ref, role: "style" },
      { url: two.ref, role: "face" },
    ],
    camera: { still: one.ref },
  };
  const everywhere = await received(visitor, nested, NESTED.slug);
  const [a, b] = [dataUri(first), dataUri(last, "image/png")];
  expect(everywhere.input).toEqual({
    ...nested,
    image_urls: [a, elsewhere, a],
    mask: { url: b, note: "sky" },
    image_with_roles: [
      { url: a, role: "style" },
      { url: b, role: "face" },
    ],
    camera: { still: a },
  });
  // What is stored and shown is what was pressed, not what was sent.
  expect((await visitor.generation(everywhere.id))?.input).toEqual(nested);

  await test.step("and what only an address could carry is refused when it is added", async () => {
    for (const bytes of [mp4(), wav(0.2)]) {
      const refused = await visitor.upload(bytes);
      expect(refused).toMatchObject({ code: "not_sendable" });
      expect(refused).toMatchObject({ message: expect.stringMatching(/set PUBLIC_URL or UPLOADTHING_TOKEN\.$/) });
    }
  });
});

test("with PUBLIC_URL the vendor fetches the file itself, for as long as the generation is not over", async () => {
  const [visitor, stranger] = [await newVisitor(hosted.url), await newVisitor(hosted.url)];
  const [picture, clip] = [await jpeg(90, 60, 505), mp4()];
  const [image, video] = [await given(visitor, picture), await given(visitor, clip, "clip.mp4")];
  vendor.set({ hold: "processing" });
  // The first attempt fails: the second has to be the same request, to the byte.
  vendor.next({ status: 503, prompt: "signed", headers: { "Retry-After": "1" } });
  const pressed = await visitor.press({
    model: NESTED.slug,
    input: { prompt: "signed", image_urls: [image.ref], video_url: video.ref },
  });
  if (!pressed.ok) throw new Error(JSON.stringify(pressed.error));
  const { id } = pressed.value;
  await ended(visitor, id, "processing");
  const attempts = sent(id);
  expect(attempts).toHaveLength(2);
  expect(attempts[0]?.sha256).toBe(attempts[1]?.sha256);
  const { input } = JSON.parse(attempts[0]?.body ?? "");
  const addresses = [input.image_urls[0], input.video_url] as [string, string];
  const other = await received(visitor, { prompt: "another", image_urls: [image.ref] });

  const here = (address: string) => {
    expect(address.startsWith(`${PUBLIC_URL}/u/`)).toBe(true);
    return hosted.url + address.slice(PUBLIC_URL.length);
  };
  await test.step("the same bytes, whole and in part, to whoever has the address", async () => {
    for (const [address, bytes, type] of [
      [addresses[0], picture, "image/jpeg"],
      [addresses[1], clip, "video/mp4"],
    ] as const) {
      const fetched = await fetch(here(address));
      expect(fetched.status).toBe(200);
      expect(Object.fromEntries(fetched.headers)).toMatchObject({
        "content-type": type,
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, no-store",
      });
      expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
      const part = await fetch(here(address), { headers: { Range: "bytes=5-9" } });
      expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 5-9/${bytes.length}`]);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(5, 10))).toBe(true);
      expect((await fetch(here(address), { method: "HEAD" })).status).toBe(200);
    }
  });

  await test.step("nothing for any other address", async () => {
    const url = new URL(here(addresses[0]));
    const wrong = (change: (url: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return copy;
    };
    const sig = url.searchParams.get("sig") ?? "";
    for (const address of [
      wrong(({ searchParams }) => searchParams.set("g", other.id)),
      wrong(({ searchParams }) => searchParams.set("g", crypto.randomUUID())),
      wrong(({ searchParams }) => searchParams.delete("g")),
      wrong(({ searchParams }) => searchParams.set("sig", `${sig.slice(0, -1)}${sig.endsWith("A") ? "B" : "A"}`)),
      wrong(({ searchParams }) => searchParams.set("sig", "")),
      wrong(({ searchParams }) => searchParams.delete("sig")),
      wrong((copy) => {
        copy.pathname = `/u/${video.sha256}`;
      }),
      wrong((copy) => {
        copy.pathname = `/u/${"0".repeat(64)}`;
      }),
      wrong((copy) => {
        copy.pathname = "/u/..%2f..%2fplayground.db";
      }),
    ]) {
      expect((await fetch(address)).status, address.href).toBe(404);
    }
  });

  await test.step("a clip does not belong where a picture does, and the other way round", async () => {
    const refused = await visitor.press({
      model: NESTED.slug,
      input: { prompt: "mixed up", image_urls: [image.ref, video.ref], sound: image.ref },
    });
    expect(refused).toMatchObject({
      ok: false,
      error: {
        code: "invalid_input",
        issues: [
          { field: "sound", message: "An audio file belongs here, and this is an image." },
          { field: "image_urls", message: "An image belongs here, and this is a video." },
        ],
      },
    });
  });

  await test.step("the file stays for as long, and goes when it is deleted after that", async () => {
    const at = `/api/uploads/${image.sha256}`;
    const refused = await visitor.fetch(at, { method: "DELETE" });
    expect(refused.status).toBe(409);
    expect((await refused.json()).error.message).toMatch(/still being made.*Delete it when/);
    vendor.set({ hold: null });
    await ended(visitor, id, "succeeded");
    await ended(visitor, other.id, "succeeded");
    for (const address of addresses) expect((await fetch(here(address))).status).toBe(404);
    expect((await stranger.fetch(at)).status).toBe(404);
    expect((await visitor.fetch(at)).status).toBe(200);
    expect((await visitor.fetch(at, { method: "DELETE" })).status).toBe(204);
  });

  await test.step("the same press again is still the same generation; a new one misses the file", async () => {
    const input = { prompt: "signed", image_urls: [image.ref], video_url: video.ref };
    const again = await visitor.press({ id, model: NESTED.slug, input });
    expect(again).toMatchObject({ ok: true, value: { id, status: "succeeded" } });
    const fresh = await visitor.press({ model: NESTED.slug, input });
    expect(fresh).toMatchObject({ ok: false, error: { code: "invalid_input", field: "image_urls" } });
    expect(sent(id)).toHaveLength(2);
  });
});

test("a file that the disk lost is said to be gone before anything is sent", async () => {
  const visitor = await newVisitor(direct.url);
  const { ref, sha256 } = await given(visitor, await jpeg(64, 48, 506));
  const store = path.join(direct.dataDir, "uploads");
  for (const folder of readdirSync(store)) rmSync(path.join(store, folder, sha256), { force: true });
  const pressed = await visitor.press({ model: MODEL, input: { prompt: "lost", image_urls: [ref] } });
  if (!pressed.ok) throw new Error(JSON.stringify(pressed.error));
  await ended(visitor, pressed.value.id, "failed");
  expect(await visitor.generation(pressed.value.id)).toMatchObject({ error: { code: "file_missing" }, sentAt: null });
  expect(sent(pressed.value.id)).toEqual([]);
  expect((await visitor.fetch(`/api/uploads/${sha256}`)).status).toBe(404);
  // Adding it once more is all it takes.
  await given(visitor, await jpeg(64, 48, 506));
  await received(visitor, { prompt: "found", image_urls: [ref] });
});
