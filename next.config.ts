import type { NextConfig } from "next";
import { PHASE_PRODUCTION_BUILD } from "next/constants";

// Every build makes the standalone output: it costs a second. `next start` serves the build beside it, and warns where it sees it.
const config = (phase: string): NextConfig => ({
  output: phase === PHASE_PRODUCTION_BUILD ? "standalone" : undefined,
  // Several checkouts or test runs can build side by side without sharing one folder.
  distDir: process.env.NEXT_DIST_DIR ?? ".next",
  poweredByHeader: false,
  // For every answer, those too that pass no proxy. The policy of a page has a nonce and is set in proxy.ts.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
      ],
    },
    {
      source: "/:place(api|sandbox|u|sample|metrics)/:path*",
      headers: [{ key: "Content-Security-Policy", value: "sandbox; default-src 'none'" }],
    },
    // The address of something shared opens it: it is told to nobody, and found by no search.
    ...[{ source: "/g/:path*" }, { source: "/api/:path*", has: [{ type: "query" as const, key: "t" }] }].map(
      (place) => ({
        ...place,
        headers: [
          { key: "Referrer-Policy", value: "no-referrer" },
          { key: "X-Robots-Tag", value: "noindex, nofollow" },
        ],
      }),
    ),
  ],
  reactStrictMode: true,
  // No page uses Next's own image route: what nobody uses is not there.
  images: { unoptimized: true },
  // Native or worker-based packages stay outside the bundle.
  serverExternalPackages: ["libsql", "pg", "pino", "prom-client", "sharp", "mediabunny", "@mediabunny/aac-encoder"],
  // Opened by their path, so no import leads to them.
  outputFileTracingIncludes: { "/**": ["./lib/sandbox/scenes/*.webp", "./lib/uploads/clip-worker.mjs"] },
  turbopack: {
    resolveAlias: {
      // RJSF imports this statically and uses it only for markdown descriptions, which we do not turn on.
      "markdown-to-jsx/react": "./components/schema-form/no-markdown.ts",
      // The same for what follows references and merges allOf: the form's schema has neither.
      "fast-uri": "./components/schema-form/no-references.ts",
      jsonpointer: "./components/schema-form/no-references.ts",
      "@x0k/json-schema-merge": "./components/schema-form/no-references.ts",
      "@x0k/json-schema-merge/lib/array": "./components/schema-form/no-references.ts",
      // All that RJSF would draw by itself, which our theme replaces, and a comparison for more than JSON. The first is
      // named as RJSF names it, from its own folder. vitest.config.mts does all of this too.
      "../getDefaultRegistry.js": "./components/schema-form/bare-registry.ts",
      "fast-equals": "./components/schema-form/deep-equals.ts",
    },
  },
});

export default config;
