import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { createMindVideo } from "@/lib/mindvideo/client";
import type { MindVideo } from "@/lib/mindvideo/schema";
import { SANDBOX_BASE_URL, SANDBOX_KEY } from "@/lib/sandbox/schema";
import { sandbox } from "@/lib/sandbox/service";

let client: MindVideo | undefined;

const warn = (message: string) => log.warn({ event: "unknown_status" }, message);

function openMindVideo(baseUrl: string, apiKey: string): MindVideo {
  return createMindVideo({ baseUrl, apiKey, fetch: (request) => fetch(request), warn });
}

/** The same client over the sandbox: its handler is called in this process, for its files too. */
function openSandbox(): MindVideo {
  return createMindVideo({
    baseUrl: SANDBOX_BASE_URL,
    apiKey: SANDBOX_KEY,
    fetch: (request) => sandbox().fetch(request),
    openUrl: (url, headers, signal) => sandbox().fetch(new Request(url, { headers, signal })),
    warn,
  });
}

/** Who answers this server: MindVideo with a key, the sandbox without one. */
export function mindVideo(): MindVideo {
  const { apiKey, baseUrl } = env();
  client ??= apiKey ? openMindVideo(baseUrl, apiKey) : openSandbox();
  return client;
}
