// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { tellOutside } from "@/components/history/tell-outside";

const shown: { text: string; tag: string | undefined; press: () => void }[] = [];

class TestNotification {
  static permission: NotificationPermission = "granted";
  onclick: (() => void) | null = null;
  constructor(text: string, options?: NotificationOptions) {
    shown.push({ text, tag: options?.tag, press: () => this.onclick?.() });
  }
  close() {}
}

const look = (isHidden: boolean) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  localStorage.clear();
  shown.length = 0;
  document.title = "Playground";
  TestNotification.permission = "granted";
  vi.stubGlobal("Notification", TestNotification);
});
afterEach(() => {
  look(false);
  vi.unstubAllGlobals();
});

it("tells a hidden page in its title, and the visitor once however many tabs there are", async () => {
  look(true);
  const open = vi.fn();
  await tellOutside("a", "Done: A hill", null, open);
  await tellOutside("a", "Done: A hill", null, open);
  expect(shown.map(({ text, tag }) => [text, tag])).toEqual([["Done: A hill", "a"]]);
  expect(document.title).toBe("Done: A hill · Playground");
  shown[0]?.press();
  expect(open).toHaveBeenCalledTimes(1);
  look(false);
  expect(document.title).toBe("Playground");
});

it("tells it once although what one tab stores reaches the other only later", async () => {
  const held = new Set<string>();
  const request = async (name: string, _: LockOptions, work: (lock: object | null) => Promise<void>) => {
    if (held.has(name)) return work(null);
    held.add(name);
    await work({ name });
    held.delete(name);
  };
  vi.stubGlobal("navigator", { locks: { request } });
  look(true);
  await tellOutside("a", "Done", null, () => {});
  localStorage.clear();
  await tellOutside("a", "Done", null, () => {});
  expect(shown).toHaveLength(1);
});

it("does not notify somebody who is looking, nor from another tab after that", async () => {
  look(false);
  await tellOutside("a", "Done", null, () => {});
  expect(document.title).toBe("Playground");
  look(true);
  await tellOutside("a", "Done", null, () => {});
  expect(shown).toEqual([]);
});

it("asks for nothing and notifies nobody who has not allowed it", async () => {
  TestNotification.permission = "default";
  look(true);
  await tellOutside("a", "Failed", null, () => {});
  expect(shown).toEqual([]);
  expect(document.title).toBe("Failed · Playground");
});
