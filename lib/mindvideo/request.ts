import "server-only";
import { createHash } from "node:crypto";

/** The exact bytes of a submission. What is hashed is what is sent: never build it twice and hope. */
export const buildTaskBody = (slug: string, input: Record<string, unknown>): string =>
  JSON.stringify({ model: slug, input });

/** SHA-256 of a body's UTF-8 bytes, in lower-case hex. */
export const payloadHash = (body: string): string => createHash("sha256").update(body, "utf8").digest("hex");
