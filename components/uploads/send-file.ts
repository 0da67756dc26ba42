import { UPLOAD_REFUSALS, type UploadRefusal, type UploadRefusalCode } from "@/lib/uploads/policy";
import type { Upload, UploadKind } from "@/lib/uploads/schema";

export type Sent =
  | { ok: true; upload: Upload }
  /** `message` is a sentence or two for a person: what happened, and what to do. */
  | { ok: false; code: UploadRefusalCode | "network"; message: string; canRetry: boolean };

/** Brings a prepared file to where it is kept. Rejects only when `signal` was aborted, or for a fault of ours. */
export type SendFile = (
  file: Blob,
  how: { name: string; kind: UploadKind; signal: AbortSignal; onProgress: (share: number) => void },
) => Promise<Sent>;

/** What may be otherwise the next time. The rest is the file's own fault. */
const PASSING: ReadonlySet<UploadRefusalCode> = new Set([
  "incomplete",
  "too_fast",
  "unavailable",
  "no_room",
  "store_full",
  "no_visitor",
]);
/** A connection that died without a word is told from a slow one by its silence. */
const SILENCE_MS = 60_000;

export const CUT: Sent = {
  ok: false,
  code: "network",
  message: "The connection was cut before the file had arrived. Try again when you are online.",
  canRetry: true,
};

/** By XMLHttpRequest, since fetch does not tell how far a body has come. */
export const sendFile: SendFile = (file, { name, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const listen = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), SILENCE_MS);
    };
    const abort = () => request.abort();
    const cancelled = () => new DOMException("The upload was cancelled.", "AbortError");
    if (signal.aborted) return reject(cancelled());
    signal.addEventListener("abort", abort);
    request.open("POST", "/api/uploads");
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    // A header holds ASCII, and half of a surrogate pair cannot be encoded at all.
    request.setRequestHeader("X-File-Name", encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\uFFFD")));
    request.upload.onprogress = ({ loaded }) => {
      listen();
      onProgress(Math.min(1, loaded / file.size));
    };
    request.onload = () => {
      const { status, response } = request;
      const isThere = status >= 200 && status < 300 && response !== null;
      resolve(
        isThere
          ? { ok: true, upload: response as Upload }
          : readRefusal(status, response, request.getResponseHeader("Retry-After")),
      );
    };
    request.onerror = () => resolve(CUT);
    request.onabort = () => (signal.aborted ? reject(cancelled()) : resolve(CUT));
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    listen();
    request.send(file);
  });

/** What an answer means that holds no upload. `body` is its JSON, null when it had none, as from a proxy in between. */
export function readRefusal(status: number, body: unknown, retryAfter: string | null = null): Sent {
  const told = (body as { error?: Partial<UploadRefusal> } | null)?.error;
  const code = told?.code && Object.hasOwn(UPLOAD_REFUSALS, told.code) ? told.code : codeOf(status);
  const canRetry = PASSING.has(code);
  const seconds = Math.ceil(Number(retryAfter));
  const when = seconds > 0 ? `Try again in ${seconds} seconds.` : "Try again in a moment.";
  if (code === "too_fast" && seconds > 0)
    return { ok: false, code, canRetry, message: `${UPLOAD_REFUSALS[code][1]} ${when}` };
  const wayOn = code === "no_visitor" ? "Reload it: what you typed is kept." : canRetry ? when : "Choose another file.";
  return { ok: false, code, canRetry, message: told?.message ?? `${UPLOAD_REFUSALS[code][1]} ${wayOn}` };
}

const CODE_OF_STATUS: Record<number, UploadRefusalCode> = {
  401: "no_visitor",
  413: "too_large",
  415: "wrong_type",
  422: "broken",
  429: "too_fast",
  507: "store_full",
};
const codeOf = (status: number): UploadRefusalCode => CODE_OF_STATUS[status] ?? "unavailable";
