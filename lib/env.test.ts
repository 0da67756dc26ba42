import path from "node:path";
import { describe, expect, it } from "vitest";
import { EnvError, parseEnv } from "@/lib/env";

function problemsOf(source: Record<string, string>): string[] {
  try {
    parseEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
  return [];
}

describe("the environment", () => {
  it("needs nothing: then it is the sandbox, on SQLite, in ./data", () => {
    expect(parseEnv({})).toMatchObject({
      ...{ upstream: "sandbox", apiKey: null, databaseUrl: null, sandboxSeconds: 8, vendorRps: 10 },
      ...{ dataDir: path.resolve("data"), baseUrl: "https://api.mindvideo.ai/api/v1" },
    });
  });

  it("reads empty variables as not set", () => {
    const names = [
      "MINDVIDEO_API_KEY",
      "MINDVIDEO_BASE_URL",
      "DATABASE_URL",
      "DATA_DIR",
      "VENDOR_RPS",
      "SESSION_SECRET",
    ];
    expect(parseEnv(Object.fromEntries(names.map((name) => [name, " "])))).toEqual(parseEnv({}));
  });

  it("is MindVideo with a key, at another address if one is given", () => {
    const given = { MINDVIDEO_API_KEY: "mv_live_x", MINDVIDEO_BASE_URL: "http://127.0.0.1:9/api/" };
    expect(parseEnv(given)).toMatchObject({ upstream: "mindvideo", baseUrl: "http://127.0.0.1:9/api" });
  });

  it.each([
    ["MINDVIDEO_BASE_URL", { MINDVIDEO_BASE_URL: "https://example.com" }],
    ["MINDVIDEO_BASE_URL", { MINDVIDEO_API_KEY: "k", MINDVIDEO_BASE_URL: "ftp://example.com" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://localhost" }],
    ["PUBLIC_URL", { PUBLIC_URL: "http://example.com" }],
    ["SESSION_SECRET", { SESSION_SECRET: "short" }],
    ["VENDOR_RPS", { VENDOR_RPS: "0" }],
    ["ACTIVE_LIMIT_VISITOR", { ACTIVE_LIMIT_VISITOR: "many" }],
    ["SANDBOX_SECONDS", { SANDBOX_SECONDS: "-1" }],
  ])("names %s when it is wrong", (name, source) => {
    const problems = problemsOf(source);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  it("names everything that is wrong at once, and shows no value", () => {
    const problems = problemsOf({
      DATABASE_URL: "mv_live_misplaced",
      SESSION_SECRET: "mv_live_short",
      VENDOR_RPS: "x",
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain("mv_live");
  });
});
