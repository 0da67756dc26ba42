import "server-only";
import { db } from "@/lib/db/client";
import { env } from "@/lib/env";
import { createSandbox, type Sandbox } from "@/lib/sandbox/handler";

const shared = globalThis as { playgroundSandbox?: Promise<Sandbox> };

const open = async () =>
  createSandbox({ db: await db(), dataDir: env().dataDir, secondsPerTask: env().sandboxSeconds });

/**
 * This server's one sandbox, for the MindVideo client (with `SANDBOX_BASE_URL` and `SANDBOX_KEY`) and for the route that
 * opens it over HTTP. Kept on `globalThis` because Next bundles routes apart, and there is to be one queue of renders.
 */
export function sandbox(): Pick<Sandbox, "fetch"> {
  return {
    async fetch(request) {
      shared.playgroundSandbox ??= open().catch((error) => {
        shared.playgroundSandbox = undefined;
        throw error;
      });
      return (await shared.playgroundSandbox).fetch(request);
    },
  };
}
