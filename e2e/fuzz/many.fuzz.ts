import { test } from "@playwright/test";
import { fuzzSandbox, fuzzVendor } from "./check";

// FUZZ_SEED makes the same requests again, FUZZ_REQUESTS another number of them, FUZZ_FIRST only from that one on.
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const count = Number(process.env.FUZZ_REQUESTS ?? 10_000);
const first = Number(process.env.FUZZ_FIRST ?? 0);

test("the sandbox withstands whatever is sent", () => fuzzSandbox({ seed, count: Math.ceil(count * 0.7), first }));

test("a public playground withstands whatever is sent", () =>
  fuzzVendor({ seed, count: Math.floor(count * 0.3), first }));
