import { test } from "@playwright/test";
import { fuzzSandbox, fuzzVendor } from "./fuzz/check";

// The same thousand every time; `npm run fuzz` sends ten thousand others.
const SEED = 20_261_122;

test.setTimeout(180_000);

test("the sandbox withstands whatever is sent", () => fuzzSandbox({ seed: SEED, count: 700 }));

test("a public playground withstands whatever is sent", () => fuzzVendor({ seed: SEED, count: 300 }));
