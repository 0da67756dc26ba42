import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeOldest } from "@/lib/sandbox/sweep";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "playground-sandbox-"));
  mkdirSync(path.join(folder, "media"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: number, writtenAt: number) {
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.alloc(bytes));
  utimesSync(file, writtenAt / 1_000, writtenAt / 1_000);
}

const left = () => readdirSync(folder, { recursive: true }).sort();

it("removes the oldest files, clips and pictures alike, until what is left fits", async () => {
  put("first.mp4", 40, 1_000);
  put("media/second", 40, 2_000);
  put("third.mp4", 40, 3_000);
  put("fourth.mp4", 40, 4_000);
  expect(await removeOldest(folder, 160, 10_000)).toBe(0);
  expect(await removeOldest(folder, 100, 10_000)).toBe(2);
  expect(left()).toEqual(["fourth.mp4", "media", "third.mp4"]);
});

it("leaves what is young, however much it is, and finds nothing where there was no sandbox yet", async () => {
  put("old.mp4", 40, 1_000);
  put("young.mp4", 400, 2_000);
  expect(await removeOldest(folder, 10, 2_000)).toBe(1);
  expect(left()).toEqual(["media", "young.mp4"]);
  expect(await removeOldest(path.join(folder, "nowhere"), 0, 2_000)).toBe(0);
});
