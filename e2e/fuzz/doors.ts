import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../fixtures/server";

/** One way into the server. `name` is what the table calls it. */
export type Door =
  | { kind: "route"; name: string; path: string; methods: string[] }
  | { kind: "page"; name: string; path: string }
  | { kind: "action"; name: string; id: string; path: string };

const dist = path.join(ROOT, process.env.NEXT_DIST_DIR ?? ".next");
const readJson = <T>(file: string) => JSON.parse(readFileSync(path.join(dist, file), "utf8")) as T;
const OWN_METHODS = /\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g;

/** The methods a route's file exports; what Next answers by itself (an icon) has no file of that name. */
function methodsOf(entry: string): string[] {
  let source: string;
  try {
    source = readFileSync(path.join(ROOT, "app", `${entry}.ts`), "utf8");
  } catch {
    return ["GET"];
  }
  const exported = source.split("\n").filter((line) => line.startsWith("export"));
  return [...new Set(exported.join("\n").match(OWN_METHODS) ?? ["GET"])];
}

/** What no route of ours answers, but Next and its files do. */
const ELSEWHERE = [
  "/_next/static/chunks/none.js",
  "/_next/image",
  "/_next/data/none/index.json",
  "/sample/tea.webp",
  "/no",
];

type Actions = { node: Record<string, { exportedName?: string; workers: Record<string, unknown> }> };

/** Every route, page and action that this build has, so that a new one is found without being told. */
export function findDoors(): Door[] {
  const entries = Object.entries(readJson<Record<string, string>>("app-path-routes-manifest.json"));
  const places = entries.flatMap(([entry, at]): Door[] => {
    if (entry.startsWith("/_")) return [];
    if (entry.endsWith("/page")) return [{ kind: "page", name: at, path: at }];
    return [{ kind: "route", name: at, path: at, methods: methodsOf(entry) }];
  });
  const pathOf = (worker = "app/page") => worker.replace(/^app/, "").replace(/\/page$/, "") || "/";
  const actions = Object.entries(readJson<Actions>("server/server-reference-manifest.json").node).map(
    ([id, { exportedName = id, workers }]): Door => ({
      kind: "action",
      name: `${exportedName}()`,
      id,
      path: pathOf(Object.keys(workers)[0]),
    }),
  );
  const elsewhere = ELSEWHERE.map((at): Door => ({ kind: "route", name: at, path: at, methods: ["GET"] }));
  return [...places, ...actions, ...elsewhere];
}

const NAMES = /(?:[qQ]uery|[pP]arams)(?:\(\))?\.(?:get|has)\("(\w+)"\)/g;

/** The names that the sources read from a query. */
export function findQueryNames(): string[] {
  const names = new Set<string>();
  for (const folder of ["app", "lib"]) {
    for (const entry of readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const source = readFileSync(path.join(entry.parentPath, entry.name), "utf8");
      for (const [, name] of source.matchAll(NAMES)) if (name) names.add(name);
    }
  }
  return [...names].sort();
}
