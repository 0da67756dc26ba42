// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createPressGate } from "@/components/playground/press-gate";
import { newPressId } from "@/components/playground/press-id";
import { createPressJournal, isYoung, type JournaledPress } from "@/components/playground/press-journal";

const press = (id: string, at = 1000): JournaledPress => ({ id, model: "m", input: { prompt: id }, at });

/** What one tab sees of a browser's storage: its own writes at once, those of other tabs when a test says so. */
function viewOf(): Storage {
  type View = Record<string, string>;
  return Object.create({
    getItem(this: View, key: string) {
      return this[key] ?? null;
    },
    setItem(this: View, key: string, value: string) {
      this[key] = value;
    },
    removeItem(this: View, key: string) {
      delete this[key];
    },
  });
}

beforeEach(() => localStorage.clear());

describe("the press journal", () => {
  it("outlives the page until the press is taken out", () => {
    createPressJournal(localStorage, window).add(press("a"));
    const reopened = createPressJournal(localStorage, window);
    expect(reopened.all()).toEqual([press("a")]);
    reopened.remove("a");
    expect(createPressJournal(localStorage, window).all()).toEqual([]);
  });

  it("does not undo what another tab wrote", () => {
    const one = createPressJournal(localStorage, window);
    const two = createPressJournal(localStorage, window);
    one.add(press("a"));
    two.add(press("b"));
    expect(
      createPressJournal(localStorage, window)
        .all()
        .map(({ id }) => id),
    ).toEqual(["a", "b"]);
    one.remove("a");
    expect(two.has("a")).toBe(false);
    expect(two.has("b")).toBe(true);
  });

  it("keeps what two tabs add at the same moment, before either sees what the other stores", () => {
    const views = [viewOf(), viewOf()] as const;
    const tabs = views.map((view) => createPressJournal(view, new EventTarget()));
    tabs[0]?.add(press("a", 1));
    tabs[1]?.add(press("b", 2));
    // A moment later it has arrived.
    const [first, second] = views.map((view) => ({ ...view }));
    Object.assign(views[0], second);
    Object.assign(views[1], first);
    for (const tab of tabs) expect(tab.all().map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("tells its listeners, also of a change in another tab", () => {
    const journal = createPressJournal(localStorage, window);
    const listener = vi.fn();
    const stop = journal.subscribe(listener);
    journal.add(press("a"));
    expect(listener).toHaveBeenCalledTimes(1);
    localStorage.clear();
    window.dispatchEvent(new StorageEvent("storage", { key: null }));
    expect(journal.all()).toEqual([]);
    stop();
    journal.add(press("b"));
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it("survives rubbish in storage and storage that refuses", () => {
    const rubbish = { a: "{", b: "null", c: '{"id":"c"}', d: JSON.stringify(press("another")) };
    for (const [id, text] of Object.entries(rubbish)) localStorage.setItem(`mindvideo:press:${id}`, text);
    const journal = createPressJournal(localStorage, window);
    expect(journal.all()).toEqual([]);
    expect(journal.has("d")).toBe(false);
    const full = Object.assign(viewOf(), { setItem: () => expect.fail("It is full") });
    for (const storage of [null, full]) {
      const closed = createPressJournal(storage, window);
      closed.add(press("a"));
      expect([closed.has("a"), closed.all()]).toEqual([true, [press("a")]]);
      closed.remove("a");
      expect(closed.has("a")).toBe(false);
    }
  });

  it("calls a press young for two minutes", () => {
    expect(isYoung(press("a", 0), 119_999)).toBe(true);
    expect(isYoung(press("a", 0), 120_000)).toBe(false);
  });
});

describe("the press gate", () => {
  it("makes one press of a double click and of a held key", () => {
    const isNew = createPressGate();
    expect(isNew(0)).toBe(true);
    expect(isNew(599)).toBe(false);
    // A held key: each repeat is close to the one before, however long it lasts.
    for (let now = 1100; now < 5000; now += 33) expect(isNew(now)).toBe(false);
    expect(isNew(6000)).toBe(true);
  });
});

describe("newPressId", () => {
  it("is a UUID v4, also where the page has no secure context", () => {
    const v4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(newPressId()).toMatch(v4);
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const ids = new Set(Array.from({ length: 100 }, newPressId));
    vi.unstubAllGlobals();
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(v4);
  });
});
