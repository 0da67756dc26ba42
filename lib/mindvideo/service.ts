import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { metrics } from "@/lib/metrics";
import { createMindVideo } from "@/lib/mindvideo/client";
import { MindVideoError } from "@/lib/mindvideo/errors";
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

type Call = "submit" | "task" | "events" | "output";

/** What a call came to, in words that are few: our own, and the numbers of HTTP. */
const statusOf = (error: unknown) =>
  error instanceof MindVideoError ? (error.kind === "http" ? String(error.status) : error.kind) : "error";

/** The same client, with every call counted. */
function counted(client: MindVideo): MindVideo {
  const count = async <T>(kind: Call, call: () => Promise<T>, status: (value: T) => string): Promise<T> => {
    const stop = metrics().vendorSeconds.startTimer({ kind });
    try {
      const value = await call();
      metrics().vendorCalls.inc({ kind, status: status(value) });
      return value;
    } catch (error) {
      metrics().vendorCalls.inc({ kind, status: statusOf(error) });
      throw error;
    } finally {
      stop();
    }
  };
  return {
    submit: (...asked) =>
      count(
        "submit",
        () => client.submit(...asked),
        () => "ok",
      ),
    task: (...asked) =>
      count(
        "task",
        () => client.task(...asked),
        () => "ok",
      ),
    events: (...asked) =>
      count(
        "events",
        () => client.events(...asked),
        () => "ok",
      ),
    output: (...asked) =>
      count(
        "output",
        () => client.output(...asked),
        (response) => String(response.status),
      ),
  };
}

/** Who answers this server: MindVideo with a key, the sandbox without one. */
export function mindVideo(): MindVideo {
  const { apiKey, baseUrl } = env();
  client ??= counted(apiKey ? openMindVideo(baseUrl, apiKey) : openSandbox());
  return client;
}
