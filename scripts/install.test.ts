import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { missingFrom, platformOf } from "./complete-lock.mjs";
import { isInstalled } from "./install.mjs";
import { isNodeSupported } from "./node-version.mjs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

describe("the Node that is asked for", () => {
  it.each([
    ["v12.22.12", false],
    ["v18.20.8", false],
    ["v20.18.3", false],
    ["v20.19.0", true],
    ["v21.7.3", false],
    ["v22.11.0", false],
    ["v22.12.0", true],
    ["v24.0.0", true],
  ])("%s: %s", (version, expected) => {
    expect(isNodeSupported(version)).toBe(expected);
  });
});

describe("what counts as installed", () => {
  const wanted = {
    "": {},
    "node_modules/a": { version: "1.0.0", integrity: "x" },
    "node_modules/b-darwin": { version: "1.0.0", optional: true },
  };
  it.each([
    ["everything", { "node_modules/a": { version: "1.0.0", integrity: "x" } }, true],
    ["nothing", null, false],
    ["another version", { "node_modules/a": { version: "1.0.1", integrity: "y" } }, false],
    ["one package less", {}, false],
    ["one package more", { "node_modules/a": wanted["node_modules/a"], "node_modules/c": { version: "1.0.0" } }, false],
  ])("%s", (_name, found, expected) => {
    expect(isInstalled(wanted, found)).toBe(expected);
  });
});

describe("the lock file", () => {
  it("describes the native packages of every platform, so that `npm ci` takes it anywhere", () => {
    expect(missingFrom(lock)).toEqual([]);
  });

  it("names no registry", () => {
    expect(Object.entries<{ resolved?: string }>(lock.packages).filter(([, entry]) => entry.resolved)).toEqual([]);
  });

  it("notices a package it names without describing it", () => {
    const packages = {
      "": {},
      "node_modules/a": { optionalDependencies: { "a-darwin-arm64": "1.2.3", b: "1.0.0" } },
      "node_modules/a/node_modules/b": {},
      "node_modules/c": { optionalDependencies: { b: "^2.0.0" }, dev: true },
    };
    expect(missingFrom({ packages })).toEqual([
      { name: "a-darwin-arm64", version: "1.2.3", isDev: false },
      { name: "b", version: "2.0.0", isDev: true },
    ]);
  });

  it.each([
    ["@img/sharp-linuxmusl-x64", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@tailwindcss/oxide-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"], libc: ["glibc"] }],
    ["@next/swc-darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
    ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
  ])("%s runs on %o", (name, expected) => {
    expect(platformOf(name)).toEqual(expected);
  });
});

describe("npm run build", () => {
  it("goes by the build that npm start knows again, so that a server's user need not be able to make one", () => {
    expect(JSON.parse(readFileSync("package.json", "utf8")).scripts.build).toBe("node scripts/build.mjs");
  });
});
