import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BIN, ROOT } from "./run.mjs";

type Case = { file: string; source: string };
type Rule = { name: string; says: string; refused: Case[]; allowed: Case[] };

const at = (file: string, source: string): Case => ({ file, source: `${source}\n` });
const onServer = (source: string) => `import "server-only";\n${source}`;

const RULES: Rule[] = [
  {
    name: "lib imports nothing from app and components",
    says: "lib knows nothing of app and components",
    refused: [
      at("lib/a/policy.ts", 'import { x } from "@/components/x";\nconsole.log(x);'),
      at("lib/b/policy.ts", 'import type { X } from "@/app/x";\nexport type Y = X;'),
      at("lib/c/policy.ts", 'export const x = await import("@/components/x");'),
      at("lib/d/policy.ts", 'export { x } from "@/components/x";'),
      at("lib/e/policy.test.ts", 'import { x } from "@/components/x";\nconsole.log(x);'),
    ],
    allowed: [at("lib/f/policy.ts", 'import { x } from "@/lib/result";\nexport const y = [x, "@/components/x"];')],
  },
  {
    name: "components import nothing from app",
    says: "Components know nothing of app",
    refused: [at("components/a/one.tsx", 'import { x } from "@/app/x";\nconsole.log(x);')],
    allowed: [at("app/a/page.tsx", 'import { x } from "@/components/a/x";\nconsole.log(x);')],
  },
  {
    name: "components/ui knows no domain",
    says: "components/ui knows no domain",
    refused: [
      at("components/ui/one.tsx", 'import type { X } from "@/lib/generations/schema";\nexport type Y = X;'),
      at("components/ui/two.tsx", 'import { x } from "@/components/result/x";\nconsole.log(x);'),
    ],
    allowed: [at("components/ui/three.tsx", 'import { x } from "@/components/ui/x";\nconsole.log(x);')],
  },
  {
    name: "only data and mutations use the database",
    says: "Only data.ts and mutations.ts use the database",
    refused: [
      at("lib/a/service.ts", onServer('import { db } from "@/lib/db/client";\nconsole.log(db);')),
      at("app/b/page.tsx", 'import { type Db, db } from "@/lib/db/client";\nexport const x: Db = db;'),
      at("proxy.ts", 'import { db } from "@/lib/db/client";\nconsole.log(db);'),
    ],
    allowed: [
      at("lib/a/data.ts", onServer('import { db } from "@/lib/db/client";\nconsole.log(db);')),
      at("lib/a/mutations.ts", onServer('import { db } from "@/lib/db/client";\nconsole.log(db);')),
      at("lib/b/service.ts", onServer('import type { Row } from "@/lib/db/schema";\nexport type X = Row;')),
    ],
  },
  {
    name: "components take only types from server files",
    says: "Components take only types from server files",
    refused: [
      at("components/a/two.tsx", 'import { x } from "@/lib/generations/queries";\nconsole.log(x);'),
      at("components/a/three.tsx", 'import { type X, x } from "@/lib/env";\nexport const y: X = x;'),
      at("components/a/four.tsx", 'import { x } from "@/lib/sandbox/handler";\nconsole.log(x);'),
    ],
    allowed: [
      at("components/a/five.tsx", 'import type { X } from "@/lib/generations/queries";\nexport type Y = X;'),
      at("components/a/six.tsx", 'import { x } from "@/lib/generations/actions";\nconsole.log(x);'),
      at("components/a/seven.tsx", 'import { x } from "@/lib/generations/transitions";\nconsole.log(x);'),
    ],
  },
  {
    name: "only lib talks to the vendor",
    says: "Only lib talks to MindVideo",
    refused: [
      at("app/c/page.tsx", 'import { x } from "@/lib/mindvideo/client";\nconsole.log(x);'),
      at("components/b/one.tsx", 'import type { X } from "@/lib/mindvideo/schema";\nexport type Y = X;'),
    ],
    allowed: [at("lib/c/service.ts", onServer('import { x } from "@/lib/mindvideo/service";\nconsole.log(x);'))],
  },
  {
    name: "only lib/guard opens connections",
    says: "Only lib/guard opens connections",
    refused: [
      at("lib/d/service.ts", onServer('import https from "node:https";\nconsole.log(https);')),
      at("lib/mindvideo/client.ts", onServer('import { request } from "http";\nconsole.log(request);')),
      at("app/d/route.ts", 'import net from "node:net";\nconsole.log(net);'),
    ],
    allowed: [
      at("lib/guard/guard.ts", onServer('import https from "node:https";\nconsole.log(https);')),
      at("lib/e/service.ts", onServer('import type { Server } from "node:http";\nexport type X = Server;')),
    ],
  },
  {
    name: "the server never fetches by itself",
    says: "The server fetches through lib/guard",
    refused: [
      at("lib/f/service.ts", onServer("export const x = (url: string) => fetch(url);")),
      at("app/e/route.ts", 'export const x = () => fetch("https://example.com", { method: "POST" });'),
    ],
    allowed: [
      at("components/b/two.tsx", 'export const x = () => fetch("/api/generations");'),
      at("lib/g/service.ts", onServer("export const x = (options: { fetch(): void }) => options.fetch();")),
    ],
  },
  {
    name: "imports are written from the root",
    says: "Imports are written from the root",
    refused: [
      at("components/b/three.tsx", 'import { x } from "./x";\nconsole.log(x);'),
      at("lib/h/data.ts", onServer('import type { X } from "../db/schema";\nexport type Y = X;')),
      at("app/f/page.tsx", 'export { x } from "../x";'),
    ],
    allowed: [at("app/layout.tsx", 'import "./globals.css";')],
  },
  {
    name: "nothing heavy goes to the browser",
    says: "This is too heavy for the browser",
    refused: [
      at("components/b/four.tsx", 'import { z } from "zod";\nconsole.log(z);'),
      at("components/b/five.tsx", 'import { useForm } from "react-hook-form";\nconsole.log(useForm);'),
    ],
    allowed: [at("lib/a/request.ts", onServer('import { z } from "zod";\nconsole.log(z);'))],
  },
  {
    name: "only lib/env.ts reads process.env",
    says: "Only lib/env.ts reads process.env",
    refused: [
      at("lib/i/service.ts", onServer("export const x = process.env.DATA_DIR;")),
      at("components/b/six.tsx", 'export const x = process.env["DATA_DIR"];'),
      at("app/g/page.tsx", "export const { DATA_DIR } = process.env;"),
    ],
    allowed: [
      at("lib/env.ts", onServer("export const x = process.env;")),
      at("lib/j/service.ts", onServer('export const x = process.env.NODE_ENV === "production";')),
      at("instrumentation.ts", "export const x = process.env.NEXT_RUNTIME;"),
    ],
  },
  {
    name: "server files say so",
    says: "This file runs on the server alone",
    refused: [
      at("lib/k/data.ts", "export const x = 1;"),
      at("lib/k/queries.ts", '// import "server-only";\nexport const x = 1;'),
      at("lib/mindvideo/schema.ts", "export const x = 1;"),
    ],
    allowed: [at("lib/k/mutations.ts", onServer("export const x = 1;")), at("lib/k/schema.ts", "export const x = 1;")],
  },
  {
    name: "file names in a domain come from the list",
    says: "Files in lib/<domain> take their names from the list",
    refused: [at("lib/l/helpers.ts", "export const x = 1;"), at("lib/l/deep/data.ts", onServer("export const x = 1;"))],
    allowed: [at("lib/l/rules.ts", "export const x = 1;"), at("lib/l/anything.test.ts", "export const x = 1;")],
  },
  {
    name: "no import cycles",
    says: "noImportCycles",
    refused: [
      at("lib/m/rules.ts", 'import { b } from "@/lib/m/policy";\nexport const a = () => b;'),
      at("lib/m/policy.ts", 'import { a } from "@/lib/m/rules";\nexport const b = () => a;'),
    ],
    allowed: [at("lib/n/rules.ts", 'import { x } from "@/lib/l/rules";\nexport const a = x;')],
  },
  {
    name: "no barrels",
    says: "noBarrelFile",
    refused: [at("components/c/index.ts", 'export { x } from "@/components/c/x";')],
    allowed: [at("components/c/x.ts", "export const x = 1;")],
  },
  {
    name: "no test is skipped",
    says: "noSkippedTests",
    refused: [at("lib/o/policy.test.ts", 'import { it } from "vitest";\nit.skip("later", () => {});')],
    allowed: [at("lib/p/policy.test.ts", 'import { it } from "vitest";\nit("now", () => {});')],
  },
];

/** What the linter says of each file of a planted project that has our configuration and nothing else. */
async function lint(cases: Case[]): Promise<Map<string, string>> {
  const project = mkdtempSync(path.join(tmpdir(), "playground-lint-"));
  try {
    for (const name of ["biome.json", ".gitignore", "tsconfig.json", "package.json", "scripts/lint"]) {
      cpSync(path.join(ROOT, name), path.join(project, name), { recursive: true });
    }
    symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
    for (const { file, source } of cases) {
      mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
      writeFileSync(path.join(project, file), source);
    }
    const args = [
      BIN.biome,
      "lint",
      "--reporter=json",
      "--max-diagnostics=none",
      "app",
      "components",
      "lib",
      "proxy.ts",
    ];
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, args, { cwd: project, maxBuffer: 50_000_000 }, (_error, stdout) => resolve(stdout)),
    );
    return messagesByFile(JSON.parse(output));
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function serverFiles(): string[] {
  const files = readdirSync(path.join(ROOT, "lib"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return sources
    .map((file) => `lib/${file}`)
    .filter((file) => readFileSync(path.join(ROOT, file), "utf8").startsWith('import "server-only"'));
}

type Report = { diagnostics: { category: string; message: string; severity: string; location: { path: string } }[] };

function messagesByFile({ diagnostics }: Report): Map<string, string> {
  const found = new Map<string, string>();
  for (const { category, message, location } of diagnostics) {
    found.set(location.path, `${found.get(location.path) ?? ""}${category}: ${message}\n`);
  }
  return found;
}

/** One component for every server file of the real tree, which imports it by value. */
const takingFromServer = serverFiles().map((file, index) =>
  at(`components/planted/take-${index}.tsx`, `import { x } from "@/${file.replace(/\.tsx?$/, "")}";\nconsole.log(x);`),
);

describe("the linter", () => {
  let said: Map<string, string>;
  beforeAll(async () => {
    said = await lint([...RULES.flatMap(({ refused, allowed }) => [...refused, ...allowed]), ...takingFromServer]);
  });

  it.each(takingFromServer)("keeps every server file out of components: $source", ({ file }) => {
    expect(said.get(file)).toContain("Components take only types from server files");
  });

  const each = (kind: "refused" | "allowed") =>
    RULES.flatMap((rule) => rule[kind].map((item) => ({ ...rule, ...item })));

  it.each(each("refused"))("$name: refuses $file", ({ file, says }) => {
    expect(said.get(file)).toContain(says);
  });

  it.each(each("allowed"))("$name: allows $file", ({ file, says }) => {
    expect(said.get(file) ?? "").not.toContain(says);
  });
});
