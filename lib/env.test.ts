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

const TOKEN = { apiKey: "sk_live_x", appId: "app", regions: ["sea1", "fra1"] };
const tokenOf = (held: object) => Buffer.from(JSON.stringify(held)).toString("base64");

describe("the environment", () => {
  it("needs nothing: then it is the sandbox, on SQLite, in ./data", () => {
    expect(parseEnv({})).toMatchObject({
      ...{ upstream: "sandbox", apiKey: null, databaseUrl: null, sandboxSeconds: 8, vendorRps: 10 },
      ...{ dataDir: path.resolve("data"), baseUrl: "https://api.mindvideo.ai/api/v1" },
      ...{ vaultMaxBytes: 10 * 1024 ** 3, uploadsMaxBytes: 10 * 1024 ** 3 },
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
    ["UPLOADTHING_TOKEN", { UPLOADTHING_TOKEN: "sk_live_bare" }],
    ["UPLOADTHING_TOKEN", { UPLOADTHING_TOKEN: tokenOf({ apiKey: "pk_live_x", appId: "app", regions: ["sea1"] }) }],
    ["UPLOADTHING_TOKEN", { UPLOADTHING_TOKEN: tokenOf({ apiKey: "sk_live_x", appId: "app", regions: [] }) }],
    ["UPLOADTHING_TOKEN", { UPLOADTHING_TOKEN: `${tokenOf(TOKEN).slice(0, -9)}` }],
    ["UPLOADTHING_INGEST_URL", { UPLOADTHING_INGEST_URL: "ingest.uploadthing.com" }],
    ["UPLOADTHING_IS_DEV", { UPLOADTHING_IS_DEV: "perhaps" }],
    ["UPLOADTHING_IS_DEV", { UPLOADTHING_TOKEN: tokenOf(TOKEN), UPLOADTHING_IS_DEV: "false" }],
    ["UPLOADTHING_UFS_HOST", { UPLOADTHING_UFS_HOST: "https://ufs.sh/" }],
    ["UPLOADTHING_UFS_APP_ID_LOCATION", { UPLOADTHING_UFS_APP_ID_LOCATION: "query" }],
    ["SESSION_SECRET", { SESSION_SECRET: "short" }],
    ["VENDOR_RPS", { VENDOR_RPS: "0" }],
    ["UPLOADS_MAX_BYTES", { UPLOADS_MAX_BYTES: "10 GiB" }],
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

  it("knows UploadThing by its token alone", () => {
    expect(parseEnv({}).uploadThing).toBeNull();
    expect(parseEnv({ UPLOADTHING_TOKEN: ` ${tokenOf(TOKEN)}\n` }).uploadThing).toEqual({
      token: tokenOf(TOKEN),
      ingestUrl: "https://sea1.ingest.uploadthing.com",
      ingestSource: "https://*.ingest.uploadthing.com",
      apiUrl: "https://api.uploadthing.com",
      callbackUrl: null,
      filesUrl: "https://app.ufs.sh/f/",
    });
  });

  it("is called back by UploadThing where the world reaches it, unless that is overridden", () => {
    const given = { UPLOADTHING_TOKEN: tokenOf(TOKEN), PUBLIC_URL: "https://play.example/" };
    const callback = (more: Record<string, string> = {}) => parseEnv({ ...given, ...more }).uploadThing?.callbackUrl;
    expect(callback()).toBe("https://play.example/api/uploadthing");
    expect(callback({ UPLOADTHING_IS_DEV: "true" })).toBeNull();
    expect(callback({ UPLOADTHING_CALLBACK_URL: "http://127.0.0.1:9/hook" })).toBe("http://127.0.0.1:9/hook");
  });

  it("takes another server for UploadThing, named by the SDK's own variables", () => {
    expect(
      parseEnv({
        UPLOADTHING_TOKEN: tokenOf({ ...TOKEN, ingestHost: "ingest.example" }),
        UPLOADTHING_INGEST_URL: "http://127.0.0.1:9/",
        UPLOADTHING_API_URL: "http://127.0.0.1:9/",
        UPLOADTHING_UFS_HOST: "localhost:9",
        UPLOADTHING_UFS_APP_ID_LOCATION: "path",
      }).uploadThing,
    ).toMatchObject({
      ...{ ingestUrl: "http://127.0.0.1:9", ingestSource: "http://127.0.0.1:9", apiUrl: "http://127.0.0.1:9" },
      filesUrl: "http://localhost:9/a/app/",
    });
  });
});
