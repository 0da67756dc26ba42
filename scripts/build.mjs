import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { orRefuse, Refusal, ROOT, runBin } from "./run.mjs";

const FOLDERS = ["app", "components", "lib", "public"];
// Beside the source proper, whatever the root holds that can change a build: configuration, the proxy, the lock file.
const ROOT_FILES = /^(package(-lock)?\.json|tsconfig\.json|[\w.-]+\.(ts|mts|mjs))$/;
const NOT_BUILT = /(\.test\.tsx?|^next-env\.d\.ts|^(vitest|playwright)\.config\.m?ts)$/;

export const distDir = () => path.join(ROOT, process.env.NEXT_DIST_DIR || ".next");
const stampFile = () => path.join(distDir(), "built-from.txt");

function* sources() {
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
    if (entry.isFile() && ROOT_FILES.test(entry.name)) yield entry.name;
  }
  for (const folder of FOLDERS) {
    if (!existsSync(path.join(ROOT, folder))) continue;
    for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) yield path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name));
    }
  }
}

/** A fingerprint of everything a build is made from. */
export function sourceHash() {
  const hash = createHash("sha256");
  for (const file of [...sources()].filter((name) => !NOT_BUILT.test(name)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

export function isBuilt() {
  const stamp = stampFile();
  return (
    existsSync(path.join(distDir(), "BUILD_ID")) && existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash()
  );
}

/**
 * Builds for production unless the build at hand is of these very sources. The stamp is written last, so an interrupted
 * build is made again. With `quiet` the compiler's output is shown only when it fails, `again` builds whatever is at hand.
 */
export async function build({ quiet = false, again = false } = {}) {
  if (!again && isBuilt()) return;
  console.log("Building ...");
  const hash = sourceHash();
  const { code, output } = await runBin("next", ["build"], { quiet, env: { NODE_ENV: "production" } });
  if (code !== 0) {
    if (quiet) console.error(output);
    throw new Refusal("The build failed: the reason stands above.");
  }
  writeFileSync(stampFile(), hash);
}

// `npm run build`: by way of this, so that `npm start` knows its build, and a server's user need not be able to make one.
if (process.argv[1]?.endsWith("build.mjs")) await orRefuse(() => build({ again: true }));
