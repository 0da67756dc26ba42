// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";
import { forgetTab, readDraft, writeDraft } from "@/components/playground/draft";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** What another tab of this browser does: it has the same storage, but for the session's. */
function inAnotherTab(work: () => void) {
  const own = { ...sessionStorage };
  sessionStorage.clear();
  work();
  sessionStorage.clear();
  for (const [key, value] of Object.entries(own)) sessionStorage.setItem(key, value);
}

it("keeps one draft a model, with false, zero and text as they were", () => {
  writeDraft("a", { prompt: "A hill", audio: false, seed: 0 });
  writeDraft("b", { prompt: "A lake" });
  expect(readDraft("a")).toEqual({ prompt: "A hill", audio: false, seed: 0 });
  expect(readDraft("b")).toEqual({ prompt: "A lake" });
});

it("is nothing when there is none or it cannot be read", () => {
  expect(readDraft("a")).toBeNull();
  localStorage.setItem("mindvideo:draft:a", "{}");
  for (const text of ["{", "[]"]) {
    sessionStorage.setItem("mindvideo:draft:a", text);
    expect(readDraft("a")).toEqual({});
  }
  for (const text of ["{", "[]", "null", '"text"']) {
    localStorage.setItem("mindvideo:draft:a", text);
    expect(readDraft("a")).toBeNull();
  }
});

it("loads a tab with what was typed in it, and a new one with what was typed last", () => {
  writeDraft("a", { prompt: "typed here" });
  inAnotherTab(() => {
    expect(readDraft("a")).toEqual({ prompt: "typed here" });
    writeDraft("a", { prompt: "typed there" });
  });
  expect(readDraft("a")).toEqual({ prompt: "typed here" });
  inAnotherTab(() => expect(readDraft("a")).toEqual({ prompt: "typed there" }));
});

it("brings nothing back that was deleted in another tab", () => {
  writeDraft("a", { prompt: "typed here" });
  inAnotherTab(() => localStorage.clear());
  expect(readDraft("a")).toBeNull();
  forgetTab();
  inAnotherTab(() => writeDraft("a", { prompt: "typed since" }));
  expect(readDraft("a")).toEqual({ prompt: "typed since" });
});
