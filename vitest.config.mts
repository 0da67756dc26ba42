import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const resolve = { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } };

const formFile = (name: string) => fileURLToPath(new URL(`components/schema-form/${name}.ts`, import.meta.url));

// The form is tested as it is shipped, with what next.config.ts puts in the place of parts of RJSF.
const bundled = {
  alias: [
    { find: /^@\//, replacement: fileURLToPath(new URL(".", import.meta.url)) },
    { find: "../getDefaultRegistry.js", replacement: formFile("bare-registry") },
    { find: "fast-equals", replacement: formFile("deep-equals") },
    { find: "markdown-to-jsx/react", replacement: formFile("no-markdown") },
    { find: /^(fast-uri|jsonpointer|@x0k\/json-schema-merge.*)$/, replacement: formFile("no-references") },
  ],
};

// The condition Next uses on the server, so that `server-only` resolves to nothing instead of throwing.
const server = { resolve: { conditions: ["react-server"], externalConditions: ["react-server"] } };

// Real servers, databases and renders on two shared cores; a test that hangs is still found.
const patience = { testTimeout: 20_000, hookTimeout: 20_000 };

const onDatabase = (database: "sqlite" | "postgres", include: string[]): TestProjectInlineConfiguration => ({
  resolve,
  ssr: server,
  test: {
    ...patience,
    name: database === "sqlite" ? "server" : "postgres",
    environment: "node",
    include,
    setupFiles: ["./scripts/vitest-database.ts", "./scripts/vitest-log.ts"],
    provide: { database },
  },
});

// What stores something runs a second time on a real Postgres, where there is one.
const STORING = [
  "lib/generations/**/*.test.ts",
  "lib/servers/**/*.test.ts",
  "lib/visitors/**/*.test.ts",
  "lib/spend/mutations.test.ts",
  "lib/shares/**/*.test.ts",
  "lib/removals/**/*.test.ts",
  "lib/exports/**/*.test.ts",
  "lib/uploads/**/*.test.ts",
  "lib/uploadthing/**/*.test.ts",
  "lib/outputs/**/*.test.ts",
  "lib/sandbox/{handler,sweep}.test.ts",
];

export default defineConfig({
  resolve,
  test: {
    // The default leaves a core free, which on two cores is half the machine.
    maxWorkers: "100%",
    // What is printed belongs to the test that fails; the log of hundreds that pass hides it.
    silent: "passed-only",
    projects: [
      onDatabase("sqlite", [
        "lib/**/*.test.ts",
        "scripts/**/*.test.ts",
        "app/**/*.test.ts",
        "e2e/fixtures/**/*.test.ts",
      ]),
      ...(process.env.TEST_POSTGRES_URL ? [onDatabase("postgres", STORING)] : []),
      {
        resolve: bundled,
        test: {
          ...patience,
          name: "browser",
          // A window takes longer to make than most files to test: one that needs it says so in its first line.
          environment: "node",
          include: ["components/**/*.test.{ts,tsx}"],
          server: { deps: { inline: [/@rjsf/] } },
        },
      },
    ],
  },
});
