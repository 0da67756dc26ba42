import "server-only";
import { db } from "@/lib/db/client";
import { EXPORT_LEASE_MS } from "@/lib/exports/policy";

/** Takes the one export that a visitor may run at a time; false while another runs, on whichever server. */
export async function claimExport(owner: string, claim: string, now: number): Promise<boolean> {
  const claimed = await (await db())
    .insertInto("exports")
    .values({ owner, claim, claimed_until: now + EXPORT_LEASE_MS })
    .onConflict((conflict) =>
      conflict
        .column("owner")
        .doUpdateSet({ claim, claimed_until: now + EXPORT_LEASE_MS })
        .where("exports.claimed_until", "<=", now),
    )
    .returning("owner")
    .executeTakeFirst();
  return claimed !== undefined;
}

/** Says that an export still runs. */
export async function renewExport(owner: string, claim: string, now: number): Promise<void> {
  await (await db())
    .updateTable("exports")
    .set({ claimed_until: now + EXPORT_LEASE_MS })
    .where("owner", "=", owner)
    .where("claim", "=", claim)
    .execute();
}

/** The export has ended, one way or another: the next may begin. */
export async function releaseExport(owner: string, claim: string): Promise<void> {
  await (await db()).deleteFrom("exports").where("owner", "=", owner).where("claim", "=", claim).execute();
}
