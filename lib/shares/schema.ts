import type { Generation } from "@/lib/generations/schema";

/** A share that was just made. The token is told this once; nobody can read it out of the database again. */
export type Shared = { generation: Generation; token: string };

const withToken = (path: string, token: string | null) =>
  token === null ? path : `${path}${path.includes("?") ? "&" : "?"}t=${token}`;

/** The page of one generation: its owner's, or with a token anybody's. */
export const sharePath = (generationId: string, token: string | null) => withToken(`/g/${generationId}`, token);

/** One of a generation's files, as the page with the same token may show it. */
export const sharedOutputPath = (generationId: string, index: number, token: string | null) =>
  withToken(`/api/generations/${generationId}/outputs/${index}`, token);

/** A small copy of a reference picture, as the page with the same token may show it. */
export const sharedThumbPath = (generationId: string, sha256: string, token: string | null) =>
  withToken(`/api/uploads/${sha256}?thumb${token === null ? "" : `&g=${generationId}`}`, token);
