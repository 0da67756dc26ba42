import { describe, expect, it } from "vitest";
import { isReadablePath, MAX_ACTION_BYTES, unreadablePost } from "@/lib/readable";

const post = (body: string | FormData, headers: Record<string, string> = {}) =>
  new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { Host: "localhost", "Next-Action": "0a", ...headers },
  });

function form(parts: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(parts)) made.append(name, value);
  return made;
}

describe("an address", () => {
  it.each(["/", "/api/uploads/a%2Fb", "/u/%F0%9F%8E%AC"])("can be read: %s", (path) => {
    expect(isReadablePath(path)).toBe(true);
  });
  it.each(["/%", "/u/%E0%A4", "/api/%zz", "/%ED%A0%80"])("cannot be read: %s", (path) => {
    expect(isReadablePath(path)).toBe(false);
  });
});

describe("arguments as text", () => {
  it.each([
    "[]",
    '["a", 1, null, {"b": [true]}]',
    '["$undefined", "$NaN", "$-Infinity", "$-0", "$D2026-11-22", "$n12", "$$5 for it"]',
    // Two takes with one input, as React writes them.
    '[[{"input":{"prompt":"x"}},{"input":"$0:0:0:input"}]]',
  ])("are read: %s", async (body) => {
    const request = post(body);
    expect(await unreadablePost(request)).toBe(null);
    expect(await request.text()).toBe(body);
  });
  it.each([
    "",
    "[",
    "1",
    "{}",
    "\ufeff[]",
    '["$1"]',
    '["$h0"]',
    '["$Q1"]',
    '["$n1x"]',
    '["$0:9"]',
    '["$0:constructor"]',
    '["$0"]',
    '[{"a":"$0:0"}]',
    `${"[".repeat(200)}${"]".repeat(200)}`,
    "[".repeat(200_000),
    JSON.stringify(Array(1_001).fill(0)),
  ])("are refused: %s", async (body) => {
    expect(await unreadablePost(post(body))).toBe(400);
  });
  it("are refused from a place that is none, and to none", async () => {
    expect(await unreadablePost(post("[]", { Origin: "::" }))).toBe(400);
    expect(await unreadablePost(post("[]", { Origin: "null" }))).toBe(null);
    expect(await unreadablePost(post("[]", { Origin: "https://play.example.com" }))).toBe(null);
    expect(await unreadablePost(post("[]", { Host: "" }))).toBe(400);
  });
  it("are refused above Next's own limit, announced or not", async () => {
    const long = `["${"x".repeat(MAX_ACTION_BYTES)}"]`;
    expect(await unreadablePost(post(long))).toBe(413);
    expect(await unreadablePost(post("[]", { "Content-Length": String(MAX_ACTION_BYTES + 1) }))).toBe(413);
  });
});

describe("arguments as a form", () => {
  it("are read with what they refer to", async () => {
    expect(await unreadablePost(post(form({ "1_code": "0000", "1_to": "/", "0": '["$undefined","$K1"]' })))).toBe(null);
    expect(await unreadablePost(post(form({ "1": '{"a":[1]}', "0": '["$1", "$1:a"]' })))).toBe(null);
  });
  it("are refused where a part is missing or no JSON", async () => {
    expect(await unreadablePost(post(form({ "1": "{" })))).toBe(400);
    expect(await unreadablePost(post(form({ "1": "{", "0": "[]" })))).toBe(400);
    expect(await unreadablePost(post(form({ "0": '["$2"]' })))).toBe(400);
  });
  it("are refused when they end too early", async () => {
    const cut = '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n["a';
    const type = { "Content-Type": "multipart/form-data; boundary=x" };
    expect(await unreadablePost(post(cut, type))).toBe(400);
    expect(await unreadablePost(post("[]", { "Content-Type": "multipart/form-data" }))).toBe(400);
  });
});

it("what calls no action is none of its business", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: "{" });
  expect(await unreadablePost(request)).toBe(null);
});
