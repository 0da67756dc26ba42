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
    ["a key: this machine alone", { MINDVIDEO_API_KEY: "k" }, { host: "127.0.0.1", isHeld: true }],
    [
      "a key and a HOST: this machine alone",
      { MINDVIDEO_API_KEY: "k", HOST: "0.0.0.0" },
      { host: "127.0.0.1", isHeld: true },
    ],
    [
      "a HOST that looks like it",
      { MINDVIDEO_API_KEY: "k", HOST: "127.example.com" },
      { host: "127.0.0.1", isHeld: true },
    ],
    ["a key and a loopback HOST", { MINDVIDEO_API_KEY: "k", HOST: "::1" }, { host: "::1", isHeld: true }],
    [
      "a limit for each visitor: none at all",
      { MINDVIDEO_API_KEY: "k", SPEND_LIMIT_VISITOR_DAILY: "5", HOST: "0.0.0.0" },
      { host: "127.0.0.1", isHeld: true },
    ],
    ["a blank code: none", { MINDVIDEO_API_KEY: "k", ACCESS_CODE: " " }, { host: "127.0.0.1", isHeld: true }],
    ["a code: everywhere", { MINDVIDEO_API_KEY: "k", ACCESS_CODE: "harbour" }, { host: null, isHeld: false }],
    ["a limit for all: everywhere", { MINDVIDEO_API_KEY: "k", SPEND_LIMIT_DAILY: "0" }, { host: null, isHeld: false }],
    [
      "a code and a HOST: as told",
      { MINDVIDEO_API_KEY: "k", ACCESS_CODE: "harbour", HOST: "10.0.0.7" },
      { host: "10.0.0.7", isHeld: false },
    ],
    ["blank variables: as if unset", { MINDVIDEO_API_KEY: " ", HOST: "", PORT: "" }, { port: 3000, host: null }],
    ["a PORT", { PORT: " 8080 " }, { port: 8080, host: null }],
  ])("%s", (_name, source, expected) => {
    expect(listenAddress(source)).toMatchObject(expected);
  });

  it.each(["0", "65536", "-1", "3000.5", "0x10", "http"])("refuses PORT=%s", (PORT) => {
    expect(() => listenAddress({ PORT })).toThrow("PORT must be");
  });
});
