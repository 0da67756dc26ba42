import "server-only";
import { db } from "@/lib/db/client";

/** What a share is from now on; null ends it. False when `owner` has no such generation. */
export async function saveShare(
  owner: string,
  id: string,
  share: { hash: string; pictures: boolean; at: number } | null,
): Promise<boolean> {
  const result = await (await db())
    .updateTable("generations")
    .set({
      share_hash: share?.hash ?? null,
      shared_at: share?.at ?? null,
      share_pictures: share?.pictures ? 1 : 0,
    })
    .where("id", "=", id)
    .where("owner", "=", owner)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
