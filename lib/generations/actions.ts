"use server";

import { setTimeout as delay } from "node:timers/promises";
import { after } from "next/server";
import { env } from "@/lib/env";
import { type AppError, appError } from "@/lib/errors";
import { findOwnedOne } from "@/lib/generations/data";
import { pressLimits } from "@/lib/generations/limits";
import { bringForward, letBe, stopWaiting, updateFavorite } from "@/lib/generations/mutations";
import { READ_WAIT_MS } from "@/lib/generations/policy";
import { toGeneration } from "@/lib/generations/queries";
import { readPresses } from "@/lib/generations/request";
import type { Generation, Press } from "@/lib/generations/schema";
import { advanceClaimed, advanceDue } from "@/lib/generations/service";
import { metrics } from "@/lib/metrics";
import { getModel } from "@/lib/models/catalogue";
import { promptField, toPayload, validateInput } from "@/lib/models/rules";
import { createGeneration, sendAgain } from "@/lib/presses/mutations";
import { err, ok, type Result } from "@/lib/result";
import { hashSettings } from "@/lib/spend/data";
import { settingsOf } from "@/lib/spend/policy";
import { checkFiles } from "@/lib/uploads/access";
import { asVisitor } from "@/lib/visitors/access";

// More than anybody reads; a list of thousands of wrong items would otherwise come back whole.
const MAX_ISSUES = 20;

/**
 * Takes presses of Generate, and returns one result for each, in their order, as soon as its row is durable. Sending
 * begins after the answer. The same press again is the same generation.
 */
export async function submitGenerations(presses: Press[]): Promise<Result<Generation>[]> {
  const results: Result<Generation>[] = [];
  for (const press of readPresses(presses)) {
    const result = await asVisitor("submitGenerations", async (owner) =>
      press ? submitOne(press, owner) : err(appError("invalid_input")),
    );
    if (!result.ok) metrics().presses.inc({ result: result.error.code });
    results.push(result);
  }
  return results;
}

async function submitOne(press: Press, owner: string): Promise<Result<Generation>> {
  const model = getModel(press.model);
  if (!model) return err(appError("unknown_model"));
  const input = toPayload(model, press.input);
  const invalid = against(validateInput(model, input));
  if (invalid) return err(invalid);
  const files = await checkFiles(model, input, owner);
  const prompt = input[promptField(model) ?? ""];
  const created = await createGeneration(
    {
      id: press.id,
      owner,
      model: model.slug,
      input: JSON.stringify(input),
      prompt: typeof prompt === "string" ? prompt : null,
      parentId: press.parentId ?? null,
      files: files.hashes,
      settings: hashSettings(settingsOf(model, input)),
      upstream: env().upstream,
    },
    pressLimits(),
    Date.now(),
    against(files.issues),
  );
  if (!created.ok) return created;
  metrics().presses.inc({ result: created.value.created ? "accepted" : "known" });
  // A row that was there already is on its way, or will be looked after by whoever finds its claim run out.
  if (created.value.created) after(() => advanceClaimed(created.value.row));
  return ok(await toGeneration(created.value.row));
}

function against(issues: NonNullable<AppError["issues"]>): AppError | null {
  const told = issues.slice(0, MAX_ISSUES);
  return told[0] ? appError("invalid_input", { issues: told, field: told[0].field }) : null;
}

/** Sends an unconfirmed generation once more, the same bytes under the same number. */
export async function checkAgain(id: string): Promise<Result<Generation>> {
  return changeOwned("checkAgain", id, (owner, found) => sendAgain(owner, found, pressLimits(), Date.now()));
}

/** Ends an unconfirmed generation without asking again: what became of it stays unknown. */
export async function letItBe(id: string): Promise<Result<Generation>> {
  return changeOwned("letItBe", id, async (_owner, found) => ok(await letBe(found)));
}

/** Waits no longer for a generation whose task does not end. MindVideo may still finish it, and charge for it. */
export async function stopWatching(id: string): Promise<Result<Generation>> {
  return changeOwned("stopWatching", id, async (owner, found) => ok(await stopWaiting(owner, found, Date.now())));
}

/** Asks once how a generation stands that nobody watches any more, and answers with what is known then. */
export async function lookAgain(id: string): Promise<Result<Generation>> {
  return changeOwned("lookAgain", id, async (owner, found) => {
    const isDue = await bringForward(owner, found, Date.now());
    if (!isDue) return ok(false);
    const work = advanceDue([found]);
    after(() => work);
    await Promise.race([work, delay(READ_WAIT_MS)]);
    return ok(true);
  });
}

/** Marks a generation with a star, or takes the star away. */
export async function setFavorite(id: string, isFavorite: boolean): Promise<Result<Generation>> {
  return changeOwned("setFavorite", id, async (owner, found) =>
    ok(await updateFavorite(owner, found, isFavorite === true)),
  );
}

async function changeOwned(
  name: string,
  id: unknown,
  change: (owner: string, id: string) => Promise<Result<boolean>>,
): Promise<Result<Generation>> {
  return asVisitor(name, async (owner) => {
    const row = typeof id === "string" ? await findOwnedOne(owner, id) : undefined;
    if (!row) return err(appError("not_found"));
    const done = await change(owner, row.id);
    if (!done.ok) return done;
    const changed = await findOwnedOne(owner, row.id);
    if (!changed) return err(appError("not_found"));
    if (changed.due_at !== null) after(() => advanceDue([changed.id]));
    return ok(await toGeneration(changed));
  });
}
