import "server-only";
import { db } from "@/lib/db/client";
import type { UploadArrivalRow } from "@/lib/db/schema";
import { sumUploads } from "@/lib/uploads/data";
import { VISITOR_MAX_BYTES, VISITOR_MAX_UPLOADS } from "@/lib/uploads/policy";

/** What is known of a key that our handshake handed out; undefined when it did not, or that is more than a day ago. */
export async function findArrival(key: string): Promise<UploadArrivalRow | undefined> {
  // It comes from a request as it was sent, and Postgres throws on NUL.
  if (key.includes("\0")) return undefined;
  return (await db()).selectFrom("upload_arrivals").selectAll().where("host_key", "=", key).executeTakeFirst();
}

/** Whether a visitor has room for another file, as far as one can tell before it is there. */
export async function hasRoomFor(owner: string, size: number): Promise<boolean> {
  const { count, bytes } = await sumUploads(await db(), owner);
  return count < VISITOR_MAX_UPLOADS && bytes + size <= VISITOR_MAX_BYTES;
}
