import "server-only";
import { lookup as dnsLookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

const MAX_REDIRECTS = 3;
const STREAM_BUFFER_BYTES = 256 * 1024;
// What a body must grow by in each wait for more of it: otherwise one byte now and then would hold a connection for ever.
const LEAST_PROGRESS_BYTES = 16 * 1024;
// Headers of the connection, not of the file; and a stranger's cookies are nothing we pass on.
const NOT_PASSED_ON = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "set-cookie",
  "set-cookie2",
  "upgrade",
]);

export type GuardErrorCode =
  | "bad_url"
  | "not_https"
  | "private_address"
  | "too_many_redirects"
  | "too_large"
  | "timeout"
  | "network"
  | "bad_answer";

/** Why a URL from outside was not fetched. `message` names no address: it may be shown. */
export class GuardError extends Error {
  override name = "GuardError";
  constructor(
    readonly code: GuardErrorCode,
    message: string,
  ) {
    super(message);
  }
}

type Address = { address: string; family: number };
type Resolve = (hostname: string) => Promise<Address[]>;

type GuardOptions = {
  headers?: Headers;
  /**
   * Exact origins ("http://127.0.0.1:4010") the owner of this server has set: they may be http and may be private.
   * Nothing a visitor or a vendor said belongs here.
   */
  allowOrigins?: readonly string[];
  /** How names become addresses; the system's way unless a test says otherwise. */
  resolve?: Resolve;
};

const resolveName: Resolve = (hostname) => dnsLookup(hostname, { all: true, verbatim: true });

/**
 * Whether an address is one anybody on the internet may be asked at: global unicast, and not a tunnel or a translation
 * (IPv4-mapped, 6to4, Teredo, NAT64) behind which a private IPv4 address can stand.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  // Only 2000::/3 is given out at all; ISATAP hides an IPv4 address in the lower half of an ordinary one.
  if (address instanceof ipaddr.IPv6) {
    const [first = 0, , , , fifth = 0, sixth = 0] = address.parts;
    return first >> 13 === 1 && !(sixth === 0x5efe && (fifth & 0xfdff) === 0);
  }
  return true;
}

/**
 * The lookup handed to Node's own connect: it resolves once, checks every address, and the connection goes to what was
 * checked, so a name that changes its mind in between gains nothing.
 */
export function checkedLookup(resolve: Resolve = resolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) return callback(new GuardError("network", "This host has no address."), "", 0);
        if (!addresses.every(({ address }) => isPublicAddress(address))) {
          return callback(new GuardError("private_address", "This address is not public."), "", 0);
        }
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      },
      (error) => callback(error, "", 0),
    );
  };
}

function checkUrl(text: string | URL, allowOrigins: readonly string[]): { url: URL; isOwn: boolean } {
  if (!URL.canParse(text)) throw new GuardError("bad_url", "This is not an address.");
  const url = new URL(text);
  if (url.username || url.password)
    throw new GuardError("bad_url", "An address with a name or password is not fetched.");
  if (allowOrigins.includes(url.origin)) return { url, isOwn: true };
  if (url.protocol !== "https:") throw new GuardError("not_https", "Only https addresses are fetched.");
  // Node asks no lookup for a literal address. The URL parser has already turned 0x7f.1 and the like into dotted quads.
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if ((isIP(literal) !== 0 || ipaddr.isValid(literal)) && !isPublicAddress(literal)) {
    throw new GuardError("private_address", "This address is not public.");
  }
  return { url, isOwn: false };
}

const asGuardError = (error: unknown): GuardError =>
  error instanceof GuardError ? error : new GuardError("network", "The server at this address could not be reached.");

/** One request; resolves with the head of the answer. Everything after that arrives through the message itself. */
function requestOnce(text: string | URL, options: GuardOptions, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { url, isOwn } = checkUrl(text, options.allowOrigins ?? []);
  const send = url.protocol === "https:" ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      // No agent: a pooled connection would outlive its check.
      agent: false,
      lookup: isOwn ? undefined : checkedLookup(options.resolve),
      headers: {
        Accept: "*/*",
        "User-Agent": "MindVideoPlayground",
        ...Object.fromEntries(options.headers ?? []),
        "Accept-Encoding": "identity",
      },
      signal,
    });
    request.once("response", (message) => {
      // Closing a message early makes it emit an error, and one nobody listens to ends the process.
      message.on("error", () => {});
      resolve(message);
    });
    request.on("error", reject);
    // An answer that wants another protocol is neither a response nor an error, and would be waited for for ever.
    request.once("upgrade", (_message, socket) => {
      socket.destroy();
      reject(new GuardError("bad_answer", "The server at this address answered in a way that is not read."));
    });
    request.once("close", () => reject(asGuardError(undefined)));
    request.end();
  });
}

/** Follows redirects, each checked like the first address. */
async function requestFollowing(text: string, options: GuardOptions, signal: AbortSignal) {
  let target: string | URL = text;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const message = await requestOnce(target, options, signal);
    const { statusCode: status = 0 } = message;
    const { location } = message.headers;
    if (!location || ![301, 302, 303, 307, 308].includes(status)) {
      if ((message.headers["content-encoding"] ?? "identity") !== "identity" || status < 200 || status > 599) {
        message.destroy();
        throw new GuardError("bad_answer", "The server at this address answered in a way that is not read.");
      }
      return { message, status, finalUrl: String(target) };
    }
    message.destroy();
    if (!URL.canParse(location, target)) throw new GuardError("bad_url", "This address leads nowhere.");
    target = new URL(location, target);
  }
  throw new GuardError("too_many_redirects", "This address leads from one to another too often.");
}

function headersOf(message: http.IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined || NOT_PASSED_ON.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

const timedOut = () => new GuardError("timeout", "The server at this address took too long.");

/**
 * Fetches a URL from outside, whole. `timeoutMs` bounds everything, redirects and body included; a body longer than
 * `maxBytes` is refused, not cut. Any status is an answer. @throws {GuardError}
 */
export async function guardedFetch(
  url: string,
  options: GuardOptions & { maxBytes: number; timeoutMs: number },
): Promise<{ status: number; headers: Headers; body: Buffer; finalUrl: string }> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), options.timeoutMs);
  try {
    const { message, status, finalUrl } = await requestFollowing(url, options, controller.signal);
    const tooLarge = () => new GuardError("too_large", "What is at this address is too large.");
    if (Number(message.headers["content-length"] ?? 0) > options.maxBytes) throw tooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > options.maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
    return { status, headers: headersOf(message), body: Buffer.concat(chunks), finalUrl };
  } catch (error) {
    throw controller.signal.aborted ? timedOut() : asGuardError(error);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/**
 * Opens a URL from outside and streams its body with back-pressure. `headersTimeoutMs` bounds the time to the answer's
 * head, `idleTimeoutMs` each wait for the next 16 KiB of the body, or its end, while somebody reads. Cancelling the body, or aborting `signal`, closes
 * the connection. @throws {GuardError}, or the signal's reason when it was aborted
 */
export async function guardedOpen(
  url: string,
  options: GuardOptions & { signal?: AbortSignal; headersTimeoutMs: number; idleTimeoutMs: number },
): Promise<Response> {
  const controller = new AbortController();
  const { signal } = options;
  const onAbort = () => controller.abort();
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(onAbort, options.headersTimeoutMs);
  try {
    const { message, status } = await requestFollowing(url, options, controller.signal);
    message.once("close", () => signal?.removeEventListener("abort", onAbort));
    const hasBody = ![204, 205, 304].includes(status);
    if (!hasBody) message.resume();
    return new Response(hasBody ? streamOf(message, options.idleTimeoutMs, () => controller.abort()) : null, {
      status,
      headers: headersOf(message),
    });
  } catch (error) {
    signal?.removeEventListener("abort", onAbort);
    const wasAborted = controller.signal.aborted;
    controller.abort();
    if (signal?.aborted) throw signal.reason;
    throw wasAborted ? timedOut() : asGuardError(error);
  } finally {
    clearTimeout(timer);
  }
}

function streamOf(message: http.IncomingMessage, idleTimeoutMs: number, close: () => void): ReadableStream<Uint8Array> {
  let idle: NodeJS.Timeout | undefined;
  let isOver = false;
  const finish = (end: () => void) => {
    clearTimeout(idle);
    if (isOver) return;
    isOver = true;
    end();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const fail = (error: GuardError) =>
          finish(() => {
            controller.error(error);
            close();
          });
        let progress = 0;
        // Armed only while bytes are wanted: a player that has buffered enough may rest for minutes.
        const arm = () => {
          progress = 0;
          clearTimeout(idle);
          idle = setTimeout(() => fail(timedOut()), idleTimeoutMs);
        };
        message.on("data", (chunk: Buffer) => {
          if (isOver) return;
          controller.enqueue(new Uint8Array(chunk));
          progress += chunk.byteLength;
          if ((controller.desiredSize ?? 0) <= 0) {
            clearTimeout(idle);
            message.pause();
          } else if (progress >= LEAST_PROGRESS_BYTES) arm();
        });
        message.on("resume", arm);
        message.once("end", () => finish(() => controller.close()));
        message.once("error", (error) => fail(asGuardError(error)));
        message.once("close", () => fail(asGuardError(undefined)));
      },
      pull() {
        message.resume();
      },
      cancel() {
        finish(close);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: STREAM_BUFFER_BYTES }),
  );
}
