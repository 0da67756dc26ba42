import "server-only";
import { openAsBlob } from "node:fs";
import { env, type UploadThing } from "@/lib/env";
import { guardedOpen } from "@/lib/guard/guard";
import { log } from "@/lib/log";

const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 20_000;
const DELETE_TIMEOUT_MS = 20_000;

/** What both halves of the SDK are told, so that neither reads the environment by itself. */
export const sdkSettings = ({ token, ingestUrl }: UploadThing) => ({
  token,
  ingestUrl,
  // Its log quotes whole requests, and the signed addresses that it hands out. `callHost` tells in ours what failed.
  logLevel: "None" as const,
  logFormat: "json" as const,
});

/** The SDK's one way out: to the addresses that the owner set, or UploadThing's own. */
export async function callHost(url: string, init: RequestInit): Promise<Response> {
  const { host, pathname } = new URL(url);
  try {
    const response = await globalThis.fetch(url, init);
    if (!response.ok) log.warn({ event: "uploadthing_refused", host, pathname, status: response.status });
    return response;
  } catch (error) {
    log.warn({ event: "uploadthing_not_reached", host, pathname });
    throw error;
  }
}

/** Where a file at UploadThing is had by anybody who knows its key. */
export const addressOf = ({ filesUrl }: UploadThing, key: string) => `${filesUrl}${encodeURIComponent(key)}`;

/**
 * Opens a file at UploadThing by the address in its row; Range in `headers` is passed on, and any status is an answer.
 * @throws {GuardError}, or the signal's reason when it was aborted
 */
export async function openHosted(url: string, headers?: Headers, signal?: AbortSignal): Promise<Response> {
  const filesUrl = env().uploadThing?.filesUrl;
  return guardedOpen(url, {
    headers,
    signal,
    headersTimeoutMs: HEADERS_TIMEOUT_MS,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    // Public by itself, unless the owner names a server that stands in for it.
    allowOrigins: filesUrl ? [new URL(filesUrl).origin] : [],
  });
}

/**
 * Puts a file of ours at UploadThing, streamed from the disk. Its key, and where anybody has it who knows the key. `announce` is
 * told the key before the first byte leaves: what comes after may be all that anybody learns of it. @throws when it cannot be
 * reached or refuses, or `signal` is aborted
 */
export async function putAtHost(
  settings: UploadThing,
  { file, name, type }: { file: string; name: string; type: string },
  signal: AbortSignal,
  announce: (key: string) => Promise<void>,
): Promise<{ key: string; url: string }> {
  const { UTApi } = await import("uploadthing/server");
  const api = new UTApi({
    ...sdkSettings(settings),
    async fetch(input, init) {
      if (init?.method === "PUT") await announce(keyIn(String(input)));
      return callHost(String(input), { ...(init as RequestInit), signal });
    },
  });
  // A file that knows where its bytes are, instead of having them.
  const sent = new File([await openAsBlob(file, { type })], name, { type });
  const { data } = await api.uploadFiles(sent, { contentDisposition: "inline", signal }).catch(() => ({ data: null }));
  if (!data) throw new Error("UploadThing did not take the file");
  return { key: data.key, url: addressOf(settings, data.key) };
}

/** The SDK makes up a file's key by itself, and tells it in the address that it is sent to. */
const keyIn = (url: string) => decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");

/** Deletes files at UploadThing; a key it does not know is no error. @throws when it cannot be reached or refuses */
export async function deleteAtHost(settings: UploadThing, keys: string[]): Promise<void> {
  // Loaded with the first deletion: a server without UploadThing never pays for it.
  const { UTApi } = await import("uploadthing/server");
  const api = new UTApi({
    ...sdkSettings(settings),
    apiUrl: settings.apiUrl,
    // The SDK waits for ever.
    fetch: (input, init) =>
      callHost(String(input), { ...(init as RequestInit), signal: AbortSignal.timeout(DELETE_TIMEOUT_MS) }),
  });
  const isDone = await api.deleteFiles(keys).then(
    ({ success }) => success,
    // What the SDK throws holds the request, and with it the key.
    () => false,
  );
  if (!isDone) throw new Error("UploadThing did not delete the files");
}
