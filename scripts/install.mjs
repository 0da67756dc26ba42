import { readFileSync } from "node:fs";
import path from "node:path";
import { Refusal, ROOT, run } from "./run.mjs";

const readPackages = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), "utf8")).packages ?? null;
  } catch {
    return null;
  }
};

/**
 * Whether node_modules holds what the lock file asks for. npm writes down what it installed as its very last step, so an
 * interrupted installation counts as missing, and it does not matter who installed or when. Optional packages may be
 * absent: they are other platforms' binaries.
 */
export function isInstalled(
  wanted = readPackages("package-lock.json"),
  found = readPackages("node_modules/.package-lock.json"),
) {
  if (!wanted || !found) return false;
  const same = (name) =>
    found[name]?.version === wanted[name].version && found[name]?.integrity === wanted[name].integrity;
  const complete = Object.keys(wanted).every(
    (name) => name === "" || same(name) || (wanted[name].optional && !found[name]),
  );
  return complete && Object.keys(found).every((name) => name in wanted);
}

/** Installs exactly what the lock file names, unless it is there already. */
export async function install() {
  if (isInstalled()) return;
  console.log("Installing packages ...");
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  const { code } = npm?.endsWith(".js")
    ? await run(process.execPath, [npm, ...args])
    : await run("npm", args, { shell: process.platform === "win32" });
  if (code !== 0)
    throw new Refusal(
      "The packages could not be installed: npm says why above. Check the connection and run the command again.",
    );
}
