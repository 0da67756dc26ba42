// Adds to package-lock.json what npm leaves out when its registry (a mirror, say) does not hold the native packages of
// other platforms: without these entries `npm ci` refuses the lock file everywhere. They have no integrity, which only
// the full registry knows; `npm install` against that one fills it in. Run it after adding a package, if `npm ci` complains.
import { readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "./run.mjs";

const OS = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "aix", "win32"];
const CPU = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** What a native package's name says about where it runs: `@img/sharp-linuxmusl-x64`, `@biomejs/cli-darwin-arm64`. */
export function platformOf(name) {
  if (name === "fsevents") return { os: ["darwin"] };
  const words = name.split(/[-/]/).map((word) => (word === "linuxmusl" ? "linux" : word));
  const os = OS.find((known) => words.includes(known));
  const cpu = CPU.find((known) => words.includes(known) || (known === "arm" && words.includes("armv7")));
  const isMusl = /musl/.test(name);
  const libc = os === "linux" && (isMusl ? "musl" : /gnu|glibc/.test(name) ? "glibc" : null);
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/** Whether the lock describes `name` as seen from the package at `from`, wherever it is hoisted. */
function isDescribed(packages, from, name) {
  const folders = from ? `/${from}`.split("/node_modules/") : [""];
  return folders.some((_, depth) => [...folders.slice(0, depth + 1), name].join("/node_modules/").slice(1) in packages);
}

/** The optional dependencies the lock names without describing: `{ name, version, isDev }`. */
export function missingFrom({ packages }) {
  const missing = new Map();
  for (const [from, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isDescribed(packages, from, name)) continue;
      const isDev = Boolean(entry.dev) && (missing.get(name)?.isDev ?? true);
      missing.set(name, { name, version: range.replace(/^[~^]/, ""), isDev });
    }
  }
  return [...missing.values()];
}

if (process.argv[1]?.endsWith("complete-lock.mjs")) {
  const file = `${ROOT}package-lock.json`;
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingFrom(lock);
  for (const { name, version, isDev } of missing) {
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(isDev && { dev: true }),
      optional: true,
      ...platformOf(name),
    };
  }
  const { "": root, ...rest } = lock.packages;
  lock.packages = { "": root, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))) };
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    missing.length ? missing.map(({ name, version }) => `${name} ${version}`).join("\n") : "Nothing is missing.",
  );
}
