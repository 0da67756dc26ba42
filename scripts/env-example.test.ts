import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkEnvironment, listenAddress } from "./environment.mjs";
import { ROOT } from "./run.mjs";

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

/** The variables the parser knows, by the shape of its schema; the parser itself keeps them to itself. */
const parsed = [...read("lib/env.ts").matchAll(/^ {4}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name);
const shown = [...read(".env.example").matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);

describe(".env.example", () => {
  it("shows every variable the server reads, and no other", () => {
    expect(parsed.length).toBeGreaterThan(5);
    expect(shown.toSorted()).toEqual([...parsed, "PORT", "HOST"].toSorted());
  });

  it("changes nothing when it is copied as it is", () => {
    expect(read(".env.example").match(/^[^#\n]/gm)).toBeNull();
  });
});

describe("the environment before a build", () => {
  it("is parsed by the server's own parser", async () => {
    expect(await checkEnvironment({})).toMatchObject({ upstream: "sandbox" });
    await expect(checkEnvironment({ VENDOR_RPS: "0" })).rejects.toThrow("VENDOR_RPS: a whole number above 0");
  });
});

describe("where to listen", () => {
  it.each([
    ["the sandbox: everywhere", {}, { port: 3000, host: null }],
    ["a key: this machine alone", { MINDVIDEO_API_KEY: "k" }, { port: 3000, host: "127.0.0.1" }],
    ["a key and a HOST: as told", { MINDVIDEO_API_KEY: "k", HOST: "0.0.0.0" }, { port: 3000, host: "0.0.0.0" }],
    ["blank variables: as if unset", { MINDVIDEO_API_KEY: " ", HOST: "", PORT: "" }, { port: 3000, host: null }],
    ["a PORT", { PORT: " 8080 " }, { port: 8080, host: null }],
  ])("%s", (_name, source, expected) => {
    expect(listenAddress(source)).toMatchObject(expected);
  });

  it.each(["0", "65536", "-1", "3000.5", "0x10", "http"])("refuses PORT=%s", (PORT) => {
    expect(() => listenAddress({ PORT })).toThrow("PORT must be");
  });
});
