"use server";

import { appError } from "@/lib/errors";
import { findOwnedOne } from "@/lib/generations/data";
import { toGeneration } from "@/lib/generations/queries";
import type { Generation } from "@/lib/generations/schema";
import { err, ok, type Result } from "@/lib/result";
import { saveShare } from "@/lib/shares/mutations";
import { hashToken, newToken } from "@/lib/shares/policy";
import type { Shared } from "@/lib/shares/schema";
import { asVisitor } from "@/lib/visitors/access";

/** Shares a generation by a link, with its reference pictures or without. A link from before ends with it. */
export async function shareGeneration(id: string, options: { pictures: boolean }): Promise<Result<Shared>> {
  const token = newToken();
  // Whatever was sent: only a plain yes shares the pictures.
  const share = { hash: hashToken(token), pictures: options?.pictures === true, at: Date.now() };
  const shared = await changeShare("share", id, share);
  return shared.ok ? ok({ generation: shared.value, token }) : shared;
}

/** Ends the sharing of a generation: its link opens nothing any more. */
export async function unshareGeneration(id: string): Promise<Result<Generation>> {
  return changeShare("unshare", id, null);
}

function changeShare(name: string, id: unknown, share: Parameters<typeof saveShare>[2]): Promise<Result<Generation>> {
  return asVisitor(name, async (owner) => {
    const row = typeof id === "string" ? await findOwnedOne(owner, id) : undefined;
    if (!row || !(await saveShare(owner, row.id, share))) return err(appError("not_found"));
    const changed = await findOwnedOne(owner, row.id);
    return changed ? ok(await toGeneration(changed)) : err(appError("not_found"));
  });
}
