import { ERROR_TEXT, type ErrorCode } from "../lib/errors";
import { Screen, storedGenerations } from "./fixtures/screen";
import { expect } from "./fixtures/test";
import type { Ending, Fault } from "./fixtures/vendor";
import { test } from "./fixtures/vendor-test";

// What the visitor reads when something goes wrong at MindVideo, and that nothing they made is lost.

const REFUSALS: [string, Fault, ErrorCode, said?: string][] = [
  ["400", { status: 400, body: { error: { message: "Duration is odd" } } }, "bad_request", "Duration is odd"],
  ["401", { status: 401, body: { error: "Unknown key" } }, "key_refused", "Unknown key"],
  ["402", { status: 402, body: { message: "Top up first" } }, "no_credit", "Top up first"],
  ["403", { status: 403 }, "forbidden"],
  ["404", { status: 404, body: { detail: "No such model" } }, "model_gone", "No such model"],
  ["409", { status: 409 }, "conflict"],
  ["422", { status: 422, body: { error: { message: "Prompt is too long", field: "prompt" } } }, "refused", "too long"],
  ["422 of the filter", { status: 422, body: { error: { code: "moderated", field: "prompt" } } }, "moderated"],
];

test("a refusal says what happened, that it cost nothing, and what to do", async ({ page, vendor }) => {
  const screen = await new Screen(page).open();
  for (const [name, fault, code, said] of REFUSALS) {
    await test.step(name, async () => {
      const prompt = `refused with ${name}`;
      vendor.next({ ...fault, prompt });
      await screen.press(prompt);
      const { title, next } = ERROR_TEXT[code];
      await expect(screen.result.getByRole("heading", { name: title })).toBeVisible();
      await screen.says("Failed");
      await expect(screen.result).toContainText(next.split(".")[0] ?? next);
      await expect(screen.result).toContainText(/Nothing was charged/i);
      if (said) await expect(screen.result).toContainText(said);
      await expect(screen.prompt).toHaveValue(prompt);
      if (fault.status === 422) {
        await expect(screen.prompt).toHaveAttribute("aria-invalid", "true");
        await screen.prompt.press("End");
        await screen.prompt.pressSequentially("!");
        await expect(screen.prompt).not.toHaveAttribute("aria-invalid", "true");
      }
    });
  }
  expect(vendor.ledger().filter((charge) => String(charge.input.prompt).startsWith("refused with"))).toEqual([]);
});

const ENDINGS: [string, Ending, "Failed" | "Cancelled", ErrorCode, RegExp][] = [
  [
    "error",
    { status: "failed", answer: { error: "GPU on fire", cost_actual: 0 } },
    "Failed",
    "task_failed",
    /\b0\b|Nothing/,
  ],
  [
    "error.message",
    { status: "failed", answer: { error: { message: "GPU on fire" } } },
    "Failed",
    "task_failed",
    /not known/i,
  ],
  [
    "message",
    { status: "failed", answer: { message: "GPU on fire", cost_actual: 0.1 } },
    "Failed",
    "task_failed",
    /0\.1/,
  ],
  ["fail_reason", { status: "failed", answer: { fail_reason: "GPU on fire" } }, "Failed", "task_failed", /not known/i],
  [
    "message of a cancelled task",
    { status: "cancelled", answer: { message: "GPU on fire" } },
    "Cancelled",
    "task_cancelled",
    /not known/i,
  ],
];

test("a task that ends badly tells the reason wherever MindVideo puts it, and what it cost", async ({
  page,
  vendor,
}) => {
  const screen = await new Screen(page).open();
  for (const [place, ending, word, code, charged] of ENDINGS) {
    await test.step(place, async () => {
      const prompt = `ends badly by ${place}`;
      vendor.ending({ ...ending, prompt });
      await screen.press(prompt);
      await expect(screen.shots.first()).toContainText(`${word}: ${prompt}`);
      await screen.says(word);
      await expect(screen.result.getByRole("heading", { name: ERROR_TEXT[code].title })).toBeVisible();
      await expect(screen.result).toContainText("GPU on fire");
      await expect(screen.result).toContainText(charged);
      await expect(screen.prompt).toHaveValue(prompt);
    });
  }
});

const PASSING: [string, Fault[]][] = [
  ["429 with Retry-After", [{ status: 429, headers: { "Retry-After": "1" } }]],
  ["500, twice", [{ status: 500 }, { status: 502, body: "<html>" }]],
  ["a cut connection after the task was made", [{ cut: true, makeTask: true }]],
  ["an answer that is not JSON", [{ status: 200, body: "OK", makeTask: true }]],
  [
    "a poll that is refused",
    [
      { on: "task", status: 401 },
      { on: "task", status: 503 },
    ],
  ],
  ["a poll that is cut", [{ on: "task", cut: true }]],
  ["an unknown status", [{ on: "task", patch: { status: "upscaling" } }]],
  ["a success without its output yet", [{ on: "task", patch: { status: "succeeded" }, omit: ["output"] }]],
];

test("what passes by itself costs the visitor nothing but time", async ({ page, vendor }) => {
  const screen = await new Screen(page).open();
  const about = (name: string) => `passing trouble: ${name}`;
  // All at once, as troubles come: each is another generation's, and none may hold up the others.
  for (const [name, faults] of PASSING) {
    vendor.next(...faults.map((fault) => ({ ...fault, prompt: about(name) })));
    await screen.press(about(name));
  }
  for (const [name] of PASSING) {
    await test.step(name, async () => {
      const shot = screen.shots.filter({ hasText: about(name) });
      await expect(shot).toContainText("Done", { timeout: 30_000 });
      await shot.getByRole("button").click();
      // The one before it was playing too: its video must not stand in for this one's.
      await expect(shot.getByRole("button")).toHaveAttribute("aria-current", "true");
      await screen.plays();
      expect(vendor.ledger().filter((charge) => charge.input.prompt === about(name))).toHaveLength(1);
    });
  }
});

test("what nobody can know is said as such, and checking again finds the job at no second charge", async ({
  page,
  vendor,
}) => {
  const prompt = "nobody can know";
  vendor.next({ prompt, cut: true, makeTask: true }, { prompt, status: 403 });
  const screen = await new Screen(page).open();
  await screen.press(prompt);
  await screen.says("Unconfirmed");
  await expect(screen.result.getByRole("heading", { name: ERROR_TEXT.not_confirmed.title })).toBeVisible();
  await expect(screen.result).toContainText("second time");
  await screen.result.getByRole("button", { name: "Check again" }).click();
  await screen.says("Done", { timeout: 30_000 });
  await screen.plays();
  expect(vendor.ledger().filter((charge) => charge.input.prompt === prompt)).toHaveLength(1);
});

test("what nobody can know can be let be", async ({ page, vendor }) => {
  const prompt = "nobody can know, let be";
  vendor.next({ prompt, cut: true }, { prompt, status: 403 });
  const screen = await new Screen(page).open();
  await screen.press(prompt);
  await screen.says("Unconfirmed");
  await screen.result.getByRole("button", { name: "Let it be" }).click();
  await screen.says("Failed");
  const sent = vendor.requests("submit").filter((request) => request.body.includes(prompt)).length;
  await page.reload();
  await screen.says("Failed");
  expect(vendor.requests("submit").filter((request) => request.body.includes(prompt))).toHaveLength(sent);
});

test("another visitor sees none of it", async ({ page, newVisitor, vendor }) => {
  const screen = await new Screen(page).open();
  await screen.press("mine alone");
  await screen.says("Done");
  const [mine] = await storedGenerations(page);
  expect(vendor.ledger().some((charge) => charge.input.prompt === "mine alone")).toBe(true);

  const other = await newVisitor();
  const strange = await new Screen(other).open();
  await strange.says("Ready");
  await expect(strange.film).not.toContainText("mine alone");
  expect(await storedGenerations(other)).toEqual([]);
  for (const route of [`/api/generations/${mine?.id}/events`, `/api/generations/${mine?.id}/outputs/0`]) {
    expect((await other.request.get(route)).status()).toBe(404);
  }
  expect(await (await other.request.get(`/api/generations?ids=${mine?.id}`)).json()).toEqual({
    generations: [],
    pollAfterMs: null,
  });
});
