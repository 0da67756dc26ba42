import "server-only";
import { env } from "@/lib/env";
import { createMindVideo } from "@/lib/mindvideo/client";
import type { MindVideo } from "@/lib/mindvideo/schema";

let client: MindVideo | undefined;

/** Who answers this server: MindVideo with a key, the sandbox without one. */
export function mindVideo(): MindVideo {
  const { apiKey, baseUrl } = env();
  client ??= createMindVideo({ baseUrl, apiKey: apiKey ?? "", fetch });
  return client;
}
