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
const PASSING: ReadonlySet<string> = new Set(["incomplete", "too_fast", "unavailable", "no_room"]);

/** By XMLHttpRequest, since fetch does not tell how far a body has come. */
export const sendFile: SendFile = (file, { name, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const finish = (sent: Sent) => {
      signal.removeEventListener("abort", abort);
      resolve(sent);
    };
    request.open("POST", "/api/uploads");
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\uFFFD")));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => finish(read(request));
    request.onerror = () => finish(CUT);
    request.ontimeout = () => finish(CUT);
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    if (signal.aborted) return reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", abort);
    request.send(file);
  });

const CUT: Sent = {
  ok: false,
  code: "network",
  message: "The connection was cut before the file had arrived. Try again when you are online.",
  canRetry: true,
};

function read(request: XMLHttpRequest): Sent {
  const { status, response } = request;
  if (status === 201 && response) return { ok: true, upload: response as Upload };
  const refusal = (response as { error?: UploadRefusal } | null)?.error;
  const code = refusal?.code && refusal.code in UPLOAD_REFUSALS ? refusal.code : codeOf(status);
  const seconds = Number(request.getResponseHeader("Retry-After"));
  const soon = seconds > 0 ? `Try again in ${seconds} seconds.` : "Try again in a moment.";
  const message =
    refusal?.message ??
    `${UPLOAD_REFUSALS[code][0] === status ? UPLOAD_REFUSALS[code][1] : UPLOAD_REFUSALS.unavailable[1]}`;
  const wayOn =
    code === "too_fast" && !/try again/i.test(message)
      ? ` ${soon}`
      : code === "no_visitor" && !/reload/i.test(message)
        ? " Reload it: what you typed is kept."
        : !refusal && PASSING.has(code)
          ? ` ${soon}`
          : "";
  return { ok: false, code, message: `${message}${wayOn}`, canRetry: PASSING.has(code) };
}

/** What an answer without our own words means, as from a proxy in between. */
function codeOf(status: number): UploadRefusalCode {
  const found = Object.entries(UPLOAD_REFUSALS).find(
    ([, [own]]) => own === status && [401, 413, 415, 429].includes(own),
  );
  return (found?.[0] as UploadRefusalCode) ?? "unavailable";
}
