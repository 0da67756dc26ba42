import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createKnownUploads } from "@/components/uploads/known-uploads";
import { shaOfRef, type Upload, uploadRef } from "@/lib/uploads/schema";

const ref = (letter: string) => uploadRef(letter.repeat(64));
const [A, B, C] = [ref("a"), ref("b"), ref("c")];
const sha = (of: string) => shaOfRef(of) ?? "";
const upload = (of: string) => ({ ref: of, sha256: sha(of) }) as Upload;

let asked: { url: string; body: unknown }[];
let isDown: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  isDown = false;
  // What the server knows is A.
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    asked.push({ url, body: init?.body ? JSON.parse(String(init.body)) : null });
    if (isDown) throw new TypeError("Failed to fetch");
    return Response.json({ uploads: [upload(A)], next: null });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks once for all references that are drawn, and tells when it knows", async () => {
  const known = createKnownUploads();
  const told = vi.fn();
  known.subscribe(told);
  expect([A, B, A, "https://x.test/a.png"].map(known.uploadOf)).toEqual([null, null, null, null]);
  await vi.runAllTimersAsync();
  expect(asked.map(({ url }) => url)).toEqual([`/api/uploads?sha=${sha(A)},${sha(B)}`]);
  expect(told).toHaveBeenCalledOnce();
  expect(known.uploadOf(A)).toEqual(upload(A));
  expect(known.uploadOf(B)).toBeNull();
  expect([A, B, C, "https://x.test/a.png"].map(known.isGone)).toEqual([false, true, false, false]);
  await vi.runAllTimersAsync();
  expect(asked, "what the server does not know is not asked for again").toHaveLength(1);
});

it("asks again after a server that did not answer, and never for what has just arrived", async () => {
  const known = createKnownUploads();
  isDown = true;
  known.uploadOf(A);
  await vi.runAllTimersAsync();
  isDown = false;
  known.uploadOf(A);
  known.learn(upload(C));
  expect(known.uploadOf(C)).toEqual(upload(C));
  await vi.runAllTimersAsync();
  expect(known.uploadOf(A)).toEqual(upload(A));
  expect(asked).toHaveLength(2);
});

it("holds what the form holds, and lets go of what left it, in one word", async () => {
  const known = createKnownUploads();
  known.hold([A, "https://x.test/a.png"]);
  known.hold([A, B]);
  await vi.runAllTimersAsync();
  expect(asked).toEqual([{ url: "/api/uploads", body: { hold: [sha(A), sha(B)], release: [] } }]);
  known.hold([B, A]);
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
  known.hold([C]);
  await vi.runAllTimersAsync();
  expect(asked[1]?.body).toEqual({ hold: [sha(C)], release: [sha(A), sha(B)] });
});
