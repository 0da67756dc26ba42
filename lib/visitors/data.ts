import "server-only";
import { db } from "@/lib/db/client";

/** A setting this installation made once; null when it has not been made yet. */
export async function findSetting(name: string): Promise<string | null> {
  const row = await (await db()).selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}
