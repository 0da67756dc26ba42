"use server";

import { appError } from "@/lib/errors";
import { removeAll, removeOne } from "@/lib/removals/service";
import { err, ok, type Result } from "@/lib/result";
import { asVisitor } from "@/lib/visitors/access";

/** Deletes a generation, with its copies and the uploads that nothing else uses. What it has cost stays spent. */
export async function removeGeneration(id: string): Promise<Result<null>> {
  return asVisitor("removeGeneration", async (owner) =>
    typeof id === "string" && (await removeOne(owner, id)) ? ok(null) : err(appError("not_found")),
  );
}

/** Deletes all generations and uploads of the visitor. `running` of them are hidden, and gone when they end. */
export async function removeEverything(): Promise<Result<{ running: number }>> {
  return asVisitor("removeEverything", async (owner) => ok(await removeAll(owner)));
}
