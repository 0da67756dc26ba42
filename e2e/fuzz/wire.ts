import { connect } from "node:net";

/** One request, byte for byte: nothing between it and the server mends it. */
export type WireRequest = {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: Buffer;
  /** "chunked" writes the body in chunks; "none" says nothing of its length; a number is what is said, true or not. */
  length: "true" | "chunked" | "none" | number;
  /** After how many bytes the connection is torn; null when it is not. */
  cutAt: number | null;
};

export type WireAnswer = {
  /** Null: the connection ended without an answer. */
  status: number | null;
  head: string;
  /** The beginning. */
  body: string;
  ms: number;
  /** True when nothing ended it but our own patience. */
  isLate: boolean;
};

const KEPT_CHARS = 4_000;
const CHUNK_BYTES = 7_001;

function bodyOf({ body, length }: WireRequest): Buffer {
  if (length !== "chunked") return body;
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const part = body.subarray(at, at + CHUNK_BYTES);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

export function bytesOf(request: WireRequest): Buffer {
  const { method, target, headers, body, length } = request;
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (length === "chunked") lines.push("Transfer-Encoding: chunked");
  else if (length === "true") lines.push(...(body.length > 0 ? [`Content-Length: ${body.length}`] : []));
  else if (length !== "none") lines.push(`Content-Length: ${length}`);
  lines.push("Connection: close", "", "");
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), bodyOf(request)]);
}

/** Whether less is sent than was announced, so that the server may wait for the rest until we hang up. */
export const isShort = ({ body, length }: WireRequest): boolean => typeof length === "number" && length > body.length;

/** Sends it and waits until the server ends the connection, `patienceMs` at most. Never throws. */
export function send(request: WireRequest, at: URL, patienceMs: number): Promise<WireAnswer> {
  const started = Date.now();
  return new Promise((resolve) => {
    let text = "";
    let isLate = false;
    const socket = connect(Number(at.port), at.hostname);
    const patience = setTimeout(() => {
      isLate = true;
      socket.destroy();
    }, patienceMs);
    socket.on("data", (chunk: Buffer) => {
      if (text.length < KEPT_CHARS) text += chunk.toString("latin1");
    });
    // A reset is an end like any other; what it means is judged by whether there was an answer.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(patience);
      const answer = text.replace(/^HTTP\/1\.1 1\d\d [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n/, "");
      const [head = "", ...rest] = answer.split("\r\n\r\n");
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? [];
      const body = rest.join("\r\n\r\n").slice(0, KEPT_CHARS);
      resolve({ status: status ? Number(status) : null, head, body, ms: Date.now() - started, isLate });
    });
    socket.on("connect", () => {
      const bytes = bytesOf(request);
      if (request.cutAt !== null) socket.write(bytes.subarray(0, request.cutAt), () => socket.destroy());
      else if (isShort(request)) socket.end(bytes);
      else socket.write(bytes);
    });
  });
}
