import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { "@": fileURLToPath(new URL(".", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        // The condition Next uses on the server, so that `server-only` resolves to nothing instead of throwing.
        ssr: { resolve: { conditions: ["react-server"], externalConditions: ["react-server"] } },
        test: {
          name: "server",
          environment: "node",
          include: ["lib/**/*.test.ts", "scripts/**/*.test.ts", "app/**/*.test.ts"],
        },
      },
      {
        resolve: { alias },
        test: { name: "browser", environment: "jsdom", include: ["components/**/*.test.{ts,tsx}"] },
      },
    ],
  },
});
