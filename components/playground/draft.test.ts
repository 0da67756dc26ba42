import { beforeEach, expect, it } from "vitest";
import { readDraft, writeDraft } from "@/components/playground/draft";

beforeEach(() => localStorage.clear());

it("keeps one draft a model, with false, zero and text as they were", () => {
  writeDraft("a", { prompt: "A hill", audio: false, seed: 0 });
  writeDraft("b", { prompt: "A lake" });
  expect(readDraft("a")).toEqual({ prompt: "A hill", audio: false, seed: 0 });
  expect(readDraft("b")).toEqual({ prompt: "A lake" });
});

it("is nothing when there is none or it cannot be read", () => {
  expect(readDraft("a")).toBeNull();
  for (const text of ["{", "[]", "null", '"text"']) {
    localStorage.setItem("mindvideo:draft:a", text);
    expect(readDraft("a")).toBeNull();
  }
});
