// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPressJournal, type JournaledPress } from "@/components/playground/press-journal";
import { createPressSender } from "@/components/playground/press-sender";
import { type AppError, appError } from "@/lib/errors";
import type { Generation, Press } from "@/lib/generations/schema";
import { err, ok, type Result } from "@/lib/result";

class OldBuild extends Error {}

const pressed = (id: string, ageMs = 0): JournaledPress => ({ id, model: "m", input: {}, at: Date.now() - ageMs });

function setup(answer: (press: Press, call: number) => Result<Generation> | Promise<never>) {
  const journal = createPressJournal(localStorage, window);
  const sent: Press[] = [];
  const rows: string[] = [];
  const refusals: AppError[] = [];
  const elsewhere: string[] = [];
  const sender = createPressSender({
    journal,
    submit: async (presses) => {
      sent.push(...presses);
      return Promise.all(presses.map((press) => answer(press, sent.length)));
    },
    isOutdated: (error) => error instanceof OldBuild,
    onRow: ({ id }) => rows.push(id),
    onRefusal: (_press, error) => refusals.push(error),
    onElsewhere: (id) => elsewhere.push(id),
    target: window,
    locks: null,
  });
  return { journal, sender, sent, rows, refusals, elsewhere };
}

const row = (press: Press) => ok({ id: press.id } as Generation);
const cut = () => Promise.reject(new TypeError("Failed to fetch"));

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => vi.useRealTimers());

describe("the press sender", () => {
  it("journals before it sends, and forgets once the row is there", async () => {
    const { sender, journal, sent, rows } = setup((press) => {
      expect(localStorage.getItem(`mindvideo:press:${press.id}`)).toContain(press.id);
      return row(press);
    });
    sender.press(pressed("a"));
    expect(sender.state().pending).toMatchObject([{ state: "sending" }]);
    await vi.runAllTimersAsync();
    expect(sent).toEqual([{ id: "a", model: "m", input: {} }]);
    expect(rows).toEqual(["a"]);
    expect(journal.all()).toEqual([]);
    expect(sender.state().pending).toEqual([]);
  });

  it("tries again under the same id while the network is away, at once when it is back", async () => {
    const { sender, sent, rows } = setup((press, call) => (call < 4 ? cut() : row(press)));
    sender.start();
    sender.press(pressed("a"));
    await vi.advanceTimersByTimeAsync(999);
    expect(sent.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.length).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent.length).toBe(3);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(["a"]));
    expect(rows).toEqual(["a"]);
  });

  it("never gives up on a network that is away", async () => {
    const { sender, rows } = setup((press, call) => (call < 200 ? cut() : row(press)));
    sender.press(pressed("a"));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(rows).toEqual(["a"]);
  });

  it("sends young presses when a page opens and leaves old ones to the visitor", async () => {
    const before = createPressJournal(localStorage, window);
    before.add(pressed("old", 120_000));
    before.add(pressed("young", 119_000));
    const { sender, sent, journal } = setup(row);
    sender.start();
    await vi.runAllTimersAsync();
    expect(sent.map(({ id }) => id)).toEqual(["young"]);
    expect(sender.state().pending).toMatchObject([{ press: { id: "old" }, state: "unsent" }]);
    sender.send("old");
    await vi.runAllTimersAsync();
    expect(sent.map(({ id }) => id)).toEqual(["young", "old"]);
    expect(journal.all()).toEqual([]);
  });

  it("discards without sending", async () => {
    createPressJournal(localStorage, window).add(pressed("old", 500_000));
    const { sender, sent, elsewhere } = setup(row);
    sender.start();
    sender.discard("old");
    await vi.runAllTimersAsync();
    expect([sent, elsewhere, sender.state().pending]).toEqual([[], [], []]);
  });

  it.each(["unavailable", "no_access"] as const)(
    "keeps a press that is answered %s, and sends it again",
    async (code) => {
      const { sender, journal, sent, rows, refusals } = setup((press, call) =>
        call < 20 ? err(appError(code)) : row(press),
      );
      sender.press(pressed("a"));
      await vi.advanceTimersByTimeAsync(3_000);
      expect(sent.length).toBe(3);
      expect(journal.has("a")).toBe(true);
      expect(sender.state().pending).toMatchObject([{ state: code === "no_access" ? "locked" : "sending" }]);
      await vi.runAllTimersAsync();
      expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(["a"]));
      expect([rows, refusals, journal.all()]).toEqual([["a"], [], []]);
    },
  );

  it("asks again at once when somebody comes back from where the code is entered", async () => {
    let isOpen = false;
    const { sender, sent, rows } = setup((press) => (isOpen ? row(press) : err(appError("no_access"))));
    const stop = sender.start();
    sender.press(pressed("a"));
    await vi.advanceTimersByTimeAsync(60_000);
    const before = sent.length;
    isOpen = true;
    window.dispatchEvent(new Event("focus"));
    await vi.advanceTimersByTimeAsync(0);
    expect({ sent: sent.length - before, rows, left: sender.state().pending }).toEqual({
      sent: 1,
      rows: ["a"],
      left: [],
    });
    stop();
  });

  it("ends a press the server refuses", async () => {
    const { sender, refusals, journal } = setup(() => err(appError("too_many_active")));
    sender.press(pressed("a"));
    await vi.runAllTimersAsync();
    expect(refusals).toEqual([appError("too_many_active")]);
    expect(journal.all()).toEqual([]);
  });

  it("keeps the press and says so when the server runs a newer build", async () => {
    const { sender, sent, journal } = setup(() => Promise.reject(new OldBuild()));
    sender.press(pressed("a"));
    await vi.runAllTimersAsync();
    expect(sent.length).toBe(1);
    expect(sender.state()).toMatchObject({ isOutdated: true, pending: [{ state: "outdated" }] });
    expect(journal.has("a")).toBe(true);
  });

  it("leaves a press for the visitor when the server keeps answering nonsense", async () => {
    const { sender, sent } = setup(() => Promise.reject(new Error("An unexpected response")));
    sender.press(pressed("a"));
    await vi.runAllTimersAsync();
    expect(sent.length).toBe(6);
    expect(sender.state().pending).toMatchObject([{ state: "unsent" }]);
  });

  it("asks for the row when another tab brought a press through", async () => {
    createPressJournal(localStorage, window).add(pressed("a", 130_000));
    const { sender, elsewhere } = setup(row);
    sender.start();
    localStorage.removeItem("mindvideo:press:a");
    window.dispatchEvent(new StorageEvent("storage", { key: "mindvideo:press:a" }));
    expect(elsewhere).toEqual(["a"]);
    expect(sender.state().pending).toEqual([]);
  });
});
