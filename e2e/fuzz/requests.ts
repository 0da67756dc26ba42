import type { Door } from "./doors";
import type { Random } from "./random";
import type { WireRequest } from "./wire";
import type { World } from "./world";

/** A request before it is put into bytes: its parts, which are spoilt one by one. */
export type Draft = {
  method: string;
  segments: string[];
  query: [name: string, value: string][];
  headers: [name: string, value: string][];
  /** JSON that is not written yet, or bytes as they are. */
  body: { json: unknown } | { bytes: Buffer };
  length: WireRequest["length"];
  cutAt: number | null;
};

export const withHeader = (draft: Draft, name: string, value: string): Draft => ({
  ...draft,
  headers: [...draft.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase()), [name, value]],
});

const NO_BODY = { bytes: Buffer.alloc(0) };
const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

function segmentsOf(door: Door, world: World, random: Random): string[] {
  return door.path
    .split("/")
    .slice(1)
    .flatMap((segment) => {
      const [, name] = /^\[(?:\.\.\.)?(\w+)\]$/.exec(segment) ?? [];
      if (name === undefined) return [segment];
      const value = random.pick(world.values[name] ?? Object.values(world.values).flat());
      return name === "path" ? value.split("/") : [value.split(",")[0] ?? ""];
    });
}

function queryOf(names: string[], world: World, random: Random): Draft["query"] {
  const count = random.pick([0, 0, 1, 1, 2, 3]);
  return Array.from({ length: count }, () => {
    const name = random.pick(names);
    return [name, random.pick(world.values[name] ?? ["", "1"])];
  });
}

/** Arguments of the kinds that actions take. Which action wants which is left to chance: a wrong one is a bad input too. */
function argumentsOf(world: World, random: Random): unknown[] {
  const id = random.pick(world.values.id ?? []);
  return random.pick<() => unknown[]>([
    () => [id],
    () => [id],
    () => [id, random.chance(0.5)],
    () => [id, { pictures: random.chance(0.5) }],
    () => [[world.press(random)]],
    () => [[world.press(random), { ...world.press(random), parentId: id }]],
    () => [{ code: random.pick(world.values.code ?? []), to: "/" }],
    () => [],
  ])();
}

/** The same arguments as a form's parts, as React sends what is no plain JSON. "$K1" stands for a FormData of its own. */
export function asForm(args: unknown[], random: Random): { type: string; bytes: Buffer } {
  const boundary = `fuzz${random.below(1e9)}`;
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const parts = random.chance(0.5)
    ? [part("1", JSON.stringify(args[0] ?? null)), part("0", '["$1"]')]
    : [part("1_code", "0000"), part("1_to", "/"), part("0", JSON.stringify(["$K1", ...args]))];
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.from(`${parts.join("")}--${boundary}--\r\n`),
  };
}

function bodyOf(door: Door, world: World, random: Random): { json: unknown } | { bytes: Buffer } {
  const sha = random.pick(world.values.sha ?? []);
  const press = world.press(random);
  if (door.name === "/api/uploads" && random.chance(0.5)) return { bytes: world.png };
  return random.pick<{ json: unknown }>([
    { json: { hold: [sha], release: [] } },
    { json: { hold: [], release: [sha] } },
    { json: { key: random.uuid() } },
    { json: press },
    { json: { files: [{ name: "a.png", size: world.png.length, type: "image/png" }] } },
  ]);
}

/** A request as the page, the vendor or a scheduler would send it. */
export function draftOf(door: Door, names: string[], world: World, random: Random): Draft {
  const draft: Draft = {
    method: "GET",
    segments: segmentsOf(door, world, random),
    query: [],
    headers: [
      ["Host", "127.0.0.1"],
      ["Accept-Encoding", random.pick(["identity", "gzip, br"])],
      ["Cookie", random.pick(world.cookies)],
      ["User-Agent", "fuzz"],
    ],
    body: NO_BODY,
    length: "true",
    cutAt: null,
  };
  if (door.kind === "action") {
    // What removes takes from one visitor alone, or there would soon be nothing left to ask for.
    if (/^(remove|delete)/.test(door.name)) {
      const { cookie, id } = world.doomed;
      return asAction(withHeader(draft, "Cookie", cookie), door.id, [id], random);
    }
    return asAction(draft, door.id, argumentsOf(world, random), random);
  }
  if (door.kind === "page") {
    const query: Draft["query"] = random.chance(0.5) ? [] : queryOf(names, world, random);
    const page = { ...draft, query };
    return random.chance(0.4) ? withHeader(page, "RSC", "1") : page;
  }
  const method = random.pick(door.methods);
  const route = { ...draft, method, query: queryOf(names, world, random) };
  const known = random.chance(0.7) ? withHeader(route, "Authorization", `Bearer ${random.pick(world.bearers)}`) : route;
  if (!WRITES.includes(method)) return random.chance(0.3) ? withHeader(known, "Range", "bytes=0-99") : known;
  const body = bodyOf(door, world, random);
  const type = "json" in body ? "application/json" : "image/png";
  return withHeader({ ...known, body }, "Content-Type", type);
}

function asAction(draft: Draft, id: string, args: unknown[], random: Random): Draft {
  const action = withHeader({ ...draft, method: "POST" }, "Next-Action", id);
  if (random.chance(0.7))
    return withHeader({ ...action, body: { json: args } }, "Content-Type", "text/plain;charset=UTF-8");
  const { type, bytes } = asForm(args, random);
  return withHeader({ ...action, body: { bytes } }, "Content-Type", type);
}

const written = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // Too deep for this Node to write: as deep as a person's editor would send it, then.
    return "[".repeat(50_000);
  }
};

export function wireOf(draft: Draft): WireRequest {
  const query = draft.query.map(([name, value]) => `${name}=${value}`).join("&");
  return {
    method: draft.method,
    target: `/${draft.segments.join("/")}${query ? `?${query}` : ""}`.replaceAll(/[\s]/g, "%20"),
    headers: draft.headers,
    body: "json" in draft.body ? Buffer.from(written(draft.body.json)) : draft.body.bytes,
    length: draft.length,
    cutAt: draft.cutAt,
  };
}
