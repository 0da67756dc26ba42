import "server-only";
import path from "node:path";
import { z } from "zod";

const blankIsMissing = (value: unknown) => (typeof value === "string" && value.trim() === "" ? undefined : value);
const text = z.preprocess(blankIsMissing, z.string().trim().optional());
const count = (fallback: number) =>
  z.preprocess(
    blankIsMissing,
    z.coerce
      .number("a whole number above 0")
      .int("a whole number above 0")
      .positive("a whole number above 0")
      .default(fallback),
  );
const url = (protocols: string[], meaning: string) =>
  z.preprocess(
    blankIsMissing,
    z
      .string()
      .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), meaning)
      .optional(),
  );

// Millionths, as everywhere in code: what is a tiny part more than the limit must not pass as the limit.
const money = z.preprocess(
  blankIsMissing,
  z.coerce
    .number("an amount of 0 or more, as in 25 or 0.5")
    .nonnegative("an amount of 0 or more, as in 25 or 0.5")
    .max(1_000_000_000, "an amount of 0 or more, as in 25 or 0.5")
    .transform((amount) => Math.round(amount * 1_000_000))
    .optional(),
);
const secret = (leastChars: number) =>
  z.preprocess(blankIsMissing, z.string().trim().min(leastChars, `at least ${leastChars} characters`).optional());

const isHost = (text: string) => URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;

const uploadThingToken = z.object({
  apiKey: z.string().startsWith("sk_"),
  appId: z.string().min(1),
  regions: z.array(z.string().min(1)).min(1),
  ingestHost: z.string().min(1).default("ingest.uploadthing.com"),
});

/** What UploadThing's token holds; null for what is no token. As strict as the SDK, which would say so at the first upload. */
function readToken(text: string): z.infer<typeof uploadThingToken> | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) return null;
  try {
    return uploadThingToken.safeParse(JSON.parse(bytes.toString())).data ?? null;
  } catch {
    return null;
  }
}

const schema = z
  .object({
    MINDVIDEO_API_KEY: text,
    MINDVIDEO_BASE_URL: url(["https:", "http:"], "an http(s) address"),
    DATABASE_URL: url(["postgres:", "postgresql:"], "a postgres:// address"),
    DATA_DIR: z.preprocess(blankIsMissing, z.string().default("./data")),
    MODELS_DIR: text,
    PUBLIC_URL: url(["https:"], "an https:// address"),
    UPLOADTHING_TOKEN: z.preprocess(
      blankIsMissing,
      z
        .string()
        .trim()
        .refine(
          (value) => readToken(value) !== null,
          "the whole token from UploadThing's dashboard (not the sk_ key inside it)",
        )
        .optional(),
    ),
    UPLOADTHING_INGEST_URL: url(["https:", "http:"], "an http(s) address"),
    UPLOADTHING_API_URL: url(["https:", "http:"], "an http(s) address"),
    UPLOADTHING_CALLBACK_URL: url(["https:", "http:"], "an http(s) address"),
    UPLOADTHING_IS_DEV: z.preprocess(blankIsMissing, z.stringbool("true or false").optional()),
    UPLOADTHING_UFS_HOST: z.preprocess(
      blankIsMissing,
      z
        .string()
        .trim()
        .refine((value) => isHost(value), "a host, as in ufs.sh")
        .default("ufs.sh"),
    ),
    UPLOADTHING_UFS_APP_ID_LOCATION: z.preprocess(
      blankIsMissing,
      z.enum(["subdomain", "path"], "subdomain or path").default("subdomain"),
    ),
    SESSION_SECRET: z.preprocess(blankIsMissing, z.string().min(32, "at least 32 characters").optional()),
    ACCESS_CODE: secret(4),
    SPEND_LIMIT_DAILY: money,
    SPEND_LIMIT_VISITOR_DAILY: money,
    TRUST_PROXY: z.preprocess(blankIsMissing, z.stringbool("true or false").default(false)),
    CRON_SECRET: secret(16),
    METRICS_TOKEN: secret(16),
    VAULT_MAX_BYTES: count(10 * 1024 ** 3),
    UPLOADS_MAX_BYTES: count(10 * 1024 ** 3),
    ACTIVE_LIMIT_VISITOR: count(8),
    SUBMITS_PER_MINUTE: count(20),
    SUBMITS_PER_MINUTE_ALL: count(120),
    VENDOR_RPS: count(10),
    SANDBOX_SECONDS: z.preprocess(
      blankIsMissing,
      z.coerce.number("a number of seconds").positive("a number of seconds above 0").default(8),
    ),
  })
  .superRefine((value, context) => {
    if (value.MINDVIDEO_BASE_URL && !value.MINDVIDEO_API_KEY) {
      context.addIssue({ code: "custom", path: ["MINDVIDEO_BASE_URL"], message: "needs MINDVIDEO_API_KEY beside it" });
    }
    if (value.UPLOADTHING_IS_DEV === false && !value.UPLOADTHING_CALLBACK_URL && !value.PUBLIC_URL) {
      context.addIssue({ code: "custom", path: ["UPLOADTHING_IS_DEV"], message: "false needs PUBLIC_URL beside it" });
    }
  });

/** How UploadThing is reached. All of it is given to the SDK, which would otherwise read the environment by itself. */
export type UploadThing = {
  token: string;
  /** Where browsers send files to. */
  ingestUrl: string;
  /** The same as a source of a Content-Security-Policy. */
  ingestSource: string;
  apiUrl: string;
  /** Where UploadThing calls back; null when it cannot reach this server, and its answers are fetched instead. */
  callbackUrl: string | null;
  /** What the key of a file is put behind to make its address. */
  filesUrl: string;
};

/** A server's settings, as design section 10 names them. `upstream` says who answers: MindVideo or the sandbox. */
export type Env = {
  /** Whether this is `npm run dev`, whose pages need more freedom than those of a build. */
  isDevelopment: boolean;
  upstream: "mindvideo" | "sandbox";
  apiKey: string | null;
  baseUrl: string;
  databaseUrl: string | null;
  dataDir: string;
  modelsDir: string | null;
  publicUrl: string | null;
  /** Null without a token: then uploads are kept here. */
  uploadThing: UploadThing | null;
  sessionSecret: string | null;
  /** Null: nobody is asked for a code. */
  accessCode: string | null;
  /** Millionths of MindVideo's unit by UTC day, for all and for each visitor; null is no limit. */
  spendLimitDaily: number | null;
  spendLimitVisitorDaily: number | null;
  /** Whether the proxy in front overwrites X-Forwarded-For, so that it can be believed. */
  trustProxy: boolean;
  /** Null: the route is not there. */
  cronSecret: string | null;
  metricsToken: string | null;
  vaultMaxBytes: number;
  /** What the uploads of all visitors may take in DATA_DIR together. */
  uploadsMaxBytes: number;
  activeLimitVisitor: number;
  submitsPerMinute: number;
  submitsPerMinuteAll: number;
  vendorRps: number;
  sandboxSeconds: number;
};

/** Thrown by `parseEnv`. `problems` holds one line for each variable that is wrong, without its value. */
export class EnvError extends Error {
  override name = "EnvError";
  constructor(readonly problems: string[]) {
    super(`The environment is not right:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
}

/** Reads a set of variables. @throws {EnvError} naming every variable that is wrong. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const parsed = schema.safeParse(source);
  if (!parsed.success) {
    // The values are left out on purpose: one of them may be the key, put into the wrong variable.
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  }
  const value = parsed.data;
  return {
    isDevelopment: source.NODE_ENV === "development",
    upstream: value.MINDVIDEO_API_KEY ? "mindvideo" : "sandbox",
    apiKey: value.MINDVIDEO_API_KEY ?? null,
    baseUrl: (value.MINDVIDEO_BASE_URL ?? "https://api.mindvideo.ai/api/v1").replace(/\/+$/, ""),
    databaseUrl: value.DATABASE_URL ?? null,
    dataDir: path.resolve(/* turbopackIgnore: true */ value.DATA_DIR),
    modelsDir: value.MODELS_DIR ? path.resolve(/* turbopackIgnore: true */ value.MODELS_DIR) : null,
    publicUrl: value.PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    uploadThing: uploadThingOf(value),
    sessionSecret: value.SESSION_SECRET ?? null,
    accessCode: value.ACCESS_CODE ?? null,
    spendLimitDaily: value.SPEND_LIMIT_DAILY ?? null,
    spendLimitVisitorDaily: value.SPEND_LIMIT_VISITOR_DAILY ?? null,
    trustProxy: value.TRUST_PROXY,
    cronSecret: value.CRON_SECRET ?? null,
    metricsToken: value.METRICS_TOKEN ?? null,
    vaultMaxBytes: value.VAULT_MAX_BYTES,
    uploadsMaxBytes: value.UPLOADS_MAX_BYTES,
    activeLimitVisitor: value.ACTIVE_LIMIT_VISITOR,
    submitsPerMinute: value.SUBMITS_PER_MINUTE,
    submitsPerMinuteAll: value.SUBMITS_PER_MINUTE_ALL,
    vendorRps: value.VENDOR_RPS,
    sandboxSeconds: value.SANDBOX_SECONDS,
  };
}

function uploadThingOf(value: z.infer<typeof schema>): UploadThing | null {
  const token = value.UPLOADTHING_TOKEN;
  const known = token ? readToken(token) : null;
  if (!token || !known) return null;
  const ingest = value.UPLOADTHING_INGEST_URL;
  const publicUrl = value.PUBLIC_URL && `${value.PUBLIC_URL.replace(/\/+$/, "")}/api/uploadthing`;
  const callbackUrl = value.UPLOADTHING_CALLBACK_URL ?? publicUrl ?? null;
  const host = value.UPLOADTHING_UFS_HOST;
  // The SDK's own rule, for servers that stand in for UploadThing.
  const protocol = host.includes("local") ? "http" : "https";
  return {
    token,
    ingestUrl: (ingest ?? `https://${known.regions[0]}.${known.ingestHost}`).replace(/\/+$/, ""),
    ingestSource: ingest ? new URL(ingest).origin : `https://*.${known.ingestHost}`,
    apiUrl: (value.UPLOADTHING_API_URL ?? "https://api.uploadthing.com").replace(/\/+$/, ""),
    callbackUrl: value.UPLOADTHING_IS_DEV ? null : callbackUrl,
    filesUrl:
      value.UPLOADTHING_UFS_APP_ID_LOCATION === "path"
        ? `${protocol}://${host}/a/${known.appId}/`
        : `${protocol}://${known.appId}.${host}/f/`,
  };
}

let parsed: Env | undefined;

/** This server's settings, parsed at the first call. @throws {EnvError} when a variable is wrong. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}
