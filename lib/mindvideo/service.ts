import "server-only";
import { env } from "@/lib/env";
import { createMindVideo } from "@/lib/mindvideo/client";
import type { MindVideo } from "@/lib/mindvideo/schema";
import { SANDBOX_BASE_URL, SANDBOX_KEY } from "@/lib/sandbox/schema";
import { sandbox } from "@/lib/sandbox/service";

let client: MindVideo | undefined;

/** Who answers this server: MindVideo with a key, the sandbox without one. */
export function mindVideo(): MindVideo {
  const { upstream, apiKey, baseUrl } = env();
  client ??=
    upstream === "mindvideo"
      ? createMindVideo({ baseUrl, apiKey: apiKey ?? "", fetch })
      : createMindVideo({
          baseUrl: SANDBOX_BASE_URL,
          apiKey: SANDBOX_KEY,
          fetch: sandbox().fetch,
          openUrl: (url, headers, signal) => sandbox().fetch(new Request(url, { headers, signal })),
        });
  return client;
}
