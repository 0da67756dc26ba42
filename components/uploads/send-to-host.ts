import { genUploader, UploadAbortedError } from "uploadthing/client";
import { CUT, readRefusal, type SendFile, type Sent } from "@/components/uploads/send-file";
import { judgeType } from "@/lib/outputs/policy";
import type { UploadRefusal } from "@/lib/uploads/policy";
import type { Upload } from "@/lib/uploads/schema";
import type { OurFileRouter } from "@/lib/uploadthing/router";

/** What our handshake gave for a file: UploadThing's key and a signed address. Good for an hour, for as many tries as it takes. */
type Ticket = { key: string; handout: string; givenAt: number; isThere: boolean };

/** What the callback answers, by way of UploadThing. */
type ServerData = { state: string; upload?: Upload; refusal?: UploadRefusal } | null;

const ROUTE = "/api/uploadthing";
const TICKET_MS = 50 * 60_000;
/** How long the callback may take before we ask our own server, and the waits between asking. */
const CALLBACK_MS = 10_000;
const ASK_AGAIN_MS = [500, 1_000, 2_000, 4_000];
const TYPE_BYTES = 64;
/** A connection that died without a word is told from a slow one by its silence. */
const SILENCE_MS = 60_000;

const tickets = new WeakMap<Blob, Ticket>();

const UNCONFIRMED: Sent = {
  ok: false,
  code: "unavailable",
  message: "The file was sent, but UploadThing has not handed it over. Try again in a moment.",
  canRetry: true,
};

/**
 * Brings a prepared file to UploadThing, from the browser straight to its ingest, by its own SDK. The answer comes back by
 * way of UploadThing's callback, or from our server when that takes too long. Sent again, the same blob goes on where it
 * stopped, under the same key.
 */
export const sendToHost: SendFile = async (blob, how) => {
  const known = tickets.get(blob);
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (how.signal.aborted) throw cancelled();
  how.signal.addEventListener("abort", abort);
  try {
    const found = known?.isThere ? await ask(known.key, controller.signal) : null;
    const sent = found ?? (await send(blob, how, controller.signal));
    // The file's own fault, or nothing left to do: another try begins anew.
    if (sent.ok || (sent !== UNCONFIRMED && sent !== CUT)) tickets.delete(blob);
    return sent;
  } catch (error) {
    if (!how.signal.aborted) throw error;
    letGo(blob);
    throw cancelled();
  } finally {
    how.signal.removeEventListener("abort", abort);
    controller.abort();
  }
};

/** What has left may arrive all the same. Nobody waits for the answer: without it, the file is kept for a day. */
function letGo(blob: Blob): void {
  const ticket = tickets.get(blob);
  tickets.delete(blob);
  if (ticket) askServer("DELETE", ticket.key).catch(() => {});
}

const askServer = (method: "POST" | "DELETE", key: string, signal?: AbortSignal) =>
  fetch("/api/uploads/arrived", {
    method,
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key }),
    signal,
  });

const cancelled = () => new DOMException("The upload was cancelled.", "AbortError");

async function send(blob: Blob, { name, onProgress }: Parameters<SendFile>[1], signal: AbortSignal): Promise<Sent> {
  // By its own bytes, as our server judges it: browsers disagree about the names of types.
  const type = judgeType(new Uint8Array(await blob.slice(0, TYPE_BYTES).arrayBuffer()));
  const file = new File([blob], name, { type });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end = (_sent: Sent | Promise<Sent>) => {};
  const byTime = new Promise<Sent>((resolve) => {
    end = resolve;
  });
  const { uploadFiles } = genUploader<OurFileRouter>({ url: new URL(ROUTE, location.href), fetch: remembering(blob) });
  const onUploadProgress = ({ loaded }: { loaded: number }) => {
    const ticket = tickets.get(blob);
    onProgress(Math.min(1, loaded / file.size));
    if (!ticket || ticket.isThere) return;
    clearTimeout(timer);
    ticket.isThere = loaded >= file.size;
    timer = ticket.isThere
      ? setTimeout(() => end(askUntilThere(ticket.key, signal)), CALLBACK_MS)
      : setTimeout(() => end(CUT), SILENCE_MS);
  };
  const byCallback = uploadFiles("file", { files: [file], signal, onUploadProgress }).then(
    ([uploaded]) => readCallback(blob, (uploaded?.serverData ?? null) as ServerData, signal),
    (error) => readFailure(blob, error, signal),
  );
  try {
    return await Promise.race([byCallback, byTime]);
  } finally {
    clearTimeout(timer);
  }
}

/** The SDK's fetch: it asks for a new key with every try, and is given the one it had. */
function remembering(blob: Blob): typeof fetch {
  return async (input, init) => {
    if (init?.method !== "POST") return fetch(input, init);
    const ticket = tickets.get(blob);
    if (ticket && !ticket.isThere && Date.now() - ticket.givenAt < TICKET_MS) return new Response(ticket.handout);
    const response = await fetch(input, init);
    if (!response.ok) return response;
    const handout = await response.text();
    const [{ key }] = JSON.parse(handout) as [{ key: string }];
    tickets.set(blob, { key, handout, givenAt: Date.now(), isThere: false });
    return new Response(handout);
  };
}

async function readCallback(blob: Blob, said: ServerData, signal: AbortSignal): Promise<Sent> {
  if (said?.upload) return { ok: true, upload: said.upload };
  if (said?.refusal) return readRefusal(0, { error: said.refusal });
  const ticket = tickets.get(blob);
  return ticket ? askUntilThere(ticket.key, signal) : UNCONFIRMED;
}

async function readFailure(blob: Blob, error: unknown, signal: AbortSignal): Promise<Sent> {
  if (error instanceof UploadAbortedError || signal.aborted) throw cancelled();
  const ticket = tickets.get(blob);
  const { cause, data } = error as { cause?: unknown; data?: unknown };
  if (!ticket) return isRefusal(cause) ? readRefusal(0, cause) : CUT;
  if (data === undefined) {
    // All of it had left, but what had left may have got lost with the connection.
    const sent = ticket.isThere ? await ask(ticket.key, signal) : null;
    ticket.isThere = false;
    return sent ?? CUT;
  }
  // UploadThing refused the bytes, so the key is of no more use.
  return readRefusal(503, null);
}

const isRefusal = (cause: unknown) => typeof cause === "object" && cause !== null && "error" in cause;

/** What our server says of a file that is at UploadThing; null while it is not. */
async function ask(key: string, signal: AbortSignal): Promise<Sent | null> {
  try {
    const response = await askServer("POST", key, signal);
    if (response.status === 202) return null;
    const body: unknown = await response.json().catch(() => null);
    return response.ok && body ? { ok: true, upload: body as Upload } : readRefusal(response.status, body);
  } catch {
    if (signal.aborted) throw cancelled();
    return null;
  }
}

async function askUntilThere(key: string, signal: AbortSignal): Promise<Sent> {
  for (const wait of ASK_AGAIN_MS) {
    const sent = await ask(key, signal);
    if (sent) return sent;
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (signal.aborted) throw cancelled();
  }
  return (await ask(key, signal)) ?? UNCONFIRMED;
}
