// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { FateDeck } from "@/components/result/fate-deck";
import type { ResultActions } from "@/components/result/result-actions";
import { pressAsShown, type Shown } from "@/components/result/shown";
import { appError, type ErrorCode } from "@/lib/errors";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";
import viduQ3Pro from "@/lib/models/viduq3-pro.json";

const model = viduQ3Pro as unknown as Model;

function ended(id: string, status: Generation["status"], code: ErrorCode): Shown {
  const { generation } = pressAsShown({ id, model: model.slug, input: { prompt: id }, at: 1 }, model.name, "refused");
  return { origin: "row", generation: { ...generation, status, error: appError(code) } };
}

function deck(shown: Shown, isBusy = false) {
  const actions = { isBusy, onAgain: vi.fn(), onCheckAgain: vi.fn() };
  const all = actions as unknown as ResultActions;
  return { ...actions, deck: <FateDeck shown={shown} model={model} upstreamName="MindVideo" actions={all} /> };
}

afterEach(cleanup);

it("holds back what would write while something is written, and never a press", () => {
  const failed = deck(ended("a", "failed", "task_failed"), true);
  render(failed.deck);
  fireEvent.click(screen.getByRole("button", { name: "Generate again" }));
  expect(failed.onAgain).toHaveBeenCalledTimes(1);
  cleanup();
  const unconfirmed = deck(ended("b", "unconfirmed", "not_confirmed"), true);
  render(unconfirmed.deck);
  fireEvent.click(screen.getByRole("button", { name: "Check again" }));
  expect(unconfirmed.onCheckAgain).not.toHaveBeenCalled();
});

it("asks about deleting the clip it was asked for, and about no other that takes its place", async () => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
  const { rerender } = render(deck(ended("a", "failed", "task_failed")).deck);
  fireEvent.click(screen.getByRole("button", { name: "Delete…" }));
  expect(await screen.findByRole("dialog")).toBeTruthy();
  rerender(deck(ended("b", "failed", "task_failed")).deck);
  expect(screen.queryByRole("dialog")).toBeNull();
});
