import "server-only";
import { db } from "@/lib/db/client";

/** Stores a setting unless there is one: of several servers starting at once, the first wins. */
export async function createSetting(name: string, value: string): Promise<void> {
  await (await db())
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}
