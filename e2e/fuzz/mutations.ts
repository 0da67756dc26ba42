import type { Random } from "./random";
import { type Draft, wireOf, withHeader } from "./requests";
import { bytesOf } from "./wire";

/** Texts that have broken one program or another: as part of a path, of a query, of a header or of JSON. */
const TEXTS = [
  "",
  " ",
  "%",
  "%00",
  "%2F..%2F..%2Fetc%2Fpasswd",
  "..",
  "....//",
  "%E0%A4",
  "%C0%AE",
  "%ED%A0%80",
  "%F0%9F%8E%AC",
  "-1",
  "1e309",
  "99999999999999999999",
  "0x10",
  "NaN",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "toString",
  "[object Object]",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "a".repeat(300),
  "a".repeat(9_000),
  "%61".repeat(1_000),
  "..;/",
  "\\..\\",
  "a%2500b",
  "a;b=c",
  "upload:",
  `upload:${"0".repeat(64)}`,
  "$undefined",
  "$1",
  "$K1",
  "$Q1",
  "$F1",
  "$@1",
  "$D2020",
  "$n123",
  "$Infinity",
  "$T",
  "$h1",
  "$B1",
  "$i1",
  "$0:0:0",
  "$1:constructor:constructor",
  "data:image/png;base64,AAAA",
  "file:///etc/passwd",
  "[moderated]",
  "[broke]",
];

const HEADERS: Record<string, string[]> = {
  Range: [
    "bytes=0-",
    "bytes=-1",
    "bytes=5-1",
    "bytes=0-0,5-9",
    "bytes=99999999999999999999-",
    "bytes=--1",
    "bytes=a-b",
    "bytes=0-99999999999999",
    "items=0-1",
    `bytes=${"0-1,".repeat(500)}`,
  ],
  "If-Range": ['"x"', "Wed, 21 Oct 2015 07:28:00 GMT", "W/", "\\"],
  "If-None-Match": ["*", '"x"', 'W/"x", "y"', '"'.repeat(500)],
  "If-Modified-Since": ["Wed, 21 Oct 2065 07:28:00 GMT", "never", "-1"],
  Cookie: [
    "",
    "=",
    ";;;;",
    "mv_visitor=",
    "mv_visitor=a.b",
    "a=%",
    `a=${"b".repeat(4_000)}`,
    "mv_access=1.2.3; mv_visitor=%00",
  ],
  "Content-Type": [
    "",
    "text/html",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded",
    "text/plain;charset=UTF-8",
    'a/b; c="',
  ],
  "Content-Encoding": ["gzip", "br", "identity, gzip"],
  Host: ["", "localhost:1", "127.0.0.1:99999", "a b", "[::1", "%", "x".repeat(500)],
  Origin: ["null", "https://other.example", "http://127.0.0.1", "::"],
  Accept: ["text/x-component", "application/json", ",,,", "*"],
  "Accept-Language": ["", "x".repeat(2_000)],
  "X-File-Name": ["%", "%00", "..%2F..%2Fx", "a".repeat(3_000), "\u00e9\u0080"],
  "X-Forwarded-For": ["", "1.1.1.1, 2.2.2.2", "::1", "a".repeat(2_000)],
  "X-Forwarded-Host": ["other.example", "", "a b"],
  "X-Forwarded-Proto": ["https", "gopher", "https,http"],
  Authorization: ["", "Bearer", "Bearer  ", "Basic Og==", `Bearer ${"x".repeat(3_000)}`, "Bearer \u00e9"],
  "Idempotency-Key": ["", "a".repeat(300), "\u00ff"],
  RSC: ["1", "2", ""],
  "Next-Action": ["", "x", "0".repeat(42), "$ACTION", "__proto__", "constructor"],
  "Next-Router-State-Tree": [
    "",
    "%",
    "[]",
    "%5B%22%22%5D",
    "%7B%7D",
    "a".repeat(5_000),
    encodeURIComponent('["",{"children":["__PAGE__",{}]}]'),
  ],
  "Next-Router-Prefetch": ["1", "2", "x"],
  "Next-Router-Segment-Prefetch": ["/_tree", "/_index", "/__PAGE__", "/..", "%"],
  "Next-Url": ["/", "%", "//", "/[id]"],
  "X-Nextjs-Data": ["1"],
  "X-Middleware-Subrequest": ["proxy:proxy:proxy:proxy:proxy", "middleware"],
  "X-Action-Forwarded": ["1"],
  "X-Matched-Path": ["/_error", "/500"],
  "X-Invoke-Path": ["/500"],
  "X-Now-Route-Matches": ["1=a"],
  "X-Http-Method-Override": ["DELETE"],
  "X-Uploadthing-Hook": ["callback", "error", "x"],
  "X-Uploadthing-Signature": ["hmac-sha256=", "hmac-sha256=00", "x"],
  Expect: ["100-continue", "200-ok"],
  Upgrade: ["h2c"],
  "X-Nothing": ["\u0001", "x".repeat(15_000)],
};

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "BREW"];

const nested = (deep: number, kind: "list" | "record"): unknown => {
  let value: unknown = 1;
  for (let at = 0; at < deep; at++) value = kind === "list" ? [value] : { a: value };
  return value;
};

const VALUES: (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => 0.1,
  () => [],
  () => ({}),
  () => [null],
  () => [[[]]],
  () => nested(40, "list"),
  () => nested(3_000, "record"),
  () => Array.from({ length: 3_000 }, () => 0),
  () => "\ud800",
  () => "a\u0000b",
  () => "\u202e\ufeff",
  () => "x".repeat(100_000),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  () => JSON.parse(`{"then":1,"toJSON":1,"length":-1}`),
  () => ({ $$typeof: "Symbol(react.element)" }),
];

const nasty = (random: Random): unknown => (random.chance(0.5) ? random.pick(TEXTS) : random.pick(VALUES)());

/** The same value with one part of it replaced, left out or doubled. Addresses stay whole: a spoilt one could be somebody's. */
function spoil(value: unknown, random: Random): unknown {
  const isBranch = value !== null && typeof value === "object" && Object.keys(value).length > 0;
  if (!isBranch || random.chance(0.15)) return nasty(random);
  if (Array.isArray(value)) {
    const at = random.below(value.length);
    if (random.chance(0.1)) return value.toSpliced(at, 1);
    if (random.chance(0.1)) return [...value, ...value, ...value];
    return value.with(at, spoil(value[at], random));
  }
  const key = random.pick(Object.keys(value));
  const rest = Object.entries(value).filter(([name]) => name !== key);
  if (random.chance(0.15)) return Object.fromEntries(rest);
  if (random.chance(0.15)) return { ...value, [random.pick(TEXTS)]: nasty(random) };
  return { ...value, [key]: spoil((value as Record<string, unknown>)[key], random) };
}

const bytesIn = (draft: Draft): Buffer => wireOf(draft).body;

type Mutation = (draft: Draft, random: Random) => Draft;

const MUTATIONS: Record<string, Mutation> = {
  method: (draft, random) => ({ ...draft, method: random.pick(METHODS) }),
  segment: (draft, random) => {
    const at = random.below(draft.segments.length);
    const text = random.pick(TEXTS);
    const segments = random.chance(0.7) ? draft.segments.with(at, text) : draft.segments.toSpliced(at, 0, text);
    return { ...draft, segments };
  },
  cased: (draft, random) => {
    const at = random.below(draft.segments.length);
    const old = draft.segments[at] ?? "";
    const encoded = [...Buffer.from(old)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    return { ...draft, segments: draft.segments.with(at, random.pick([old.toUpperCase(), encoded, `${old}/`])) };
  },
  query: (draft, random) => {
    const spoilt = draft.query.map(([name, value]): [string, string] =>
      random.chance(0.5) ? [name, encodeURI(random.pick(TEXTS))] : [name, value],
    );
    return { ...draft, query: [...spoilt, [random.pick([...TEXTS, "ids", "before", "sha"]), random.pick(TEXTS)]] };
  },
  crowd: (draft, random) => {
    const [name] = random.pick(draft.query.length > 0 ? draft.query : [["ids", ""] as const]);
    return { ...draft, query: Array.from({ length: 300 }, (_, index): [string, string] => [name, String(index)]) };
  },
  header: (draft, random) => {
    const name = random.pick(Object.keys(HEADERS));
    return withHeader(draft, name, random.pick(HEADERS[name] ?? [""]));
  },
  twice: (draft, random) => ({ ...draft, headers: [...draft.headers, random.pick(draft.headers)] }),
  json: (draft, random) => {
    const json = "json" in draft.body ? draft.body.json : [{}];
    return { ...draft, body: { json: spoil(json, random) } };
  },
  truncated: (draft, random) => {
    const bytes = bytesIn(draft);
    return { ...draft, body: { bytes: bytes.subarray(0, random.below(bytes.length + 1)) } };
  },
  flipped: (draft, random) => {
    const bytes = Buffer.from(bytesIn(draft));
    if (bytes.includes("http")) return draft;
    for (let times = 0; times < 4 && bytes.length > 0; times++) bytes[random.below(bytes.length)] = random.below(256);
    return { ...draft, body: { bytes } };
  },
  strange: (draft, random) => {
    const text = random.pick([
      "[",
      "{",
      '"',
      "[".repeat(100_000),
      '{"a":'.repeat(20_000),
      "\ufeff[]",
      "0".repeat(5_000),
    ]);
    const bytes = random.pick([Buffer.from(text), Buffer.from(text, "utf16le"), Buffer.from([0xff, 0xfe, 0, 0xd8])]);
    return { ...draft, body: { bytes } };
  },
  large: (draft, random) => ({ ...draft, body: { bytes: Buffer.alloc(random.pick([70_000, 1_200_000]), "a") } }),
  length: (draft, random) => ({
    ...draft,
    length: random.pick(["chunked", "chunked", "none", 0, 1, 5_000, -1, 1e15] as const),
  }),
  cut: (draft, random) => ({ ...draft, cutAt: random.below(bytesOf(wireOf(draft)).length) }),
};

/** Spoils a request in up to four ways; one in eight stays as it is. What was done is named for whoever reads a report. */
export function mutate(draft: Draft, random: Random): { draft: Draft; done: string[] } {
  const done: string[] = [];
  let mutated = draft;
  if (random.chance(0.125)) return { draft, done };
  do {
    const name = random.pick(Object.keys(MUTATIONS));
    mutated = MUTATIONS[name]?.(mutated, random) ?? mutated;
    done.push(name);
  } while (done.length < 4 && random.chance(0.45));
  return { draft: mutated, done };
}
