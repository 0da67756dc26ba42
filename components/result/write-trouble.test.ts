import { UnrecognizedActionError } from "next/dist/client/components/unrecognized-action-error";
import { expect, test } from "vitest";
import { writeTrouble } from "@/components/result/write-trouble";

test("a server of another build is told from one that does not answer", () => {
  expect(writeTrouble(new TypeError("Failed to fetch"), "Away.")).toBe("Away.");
  expect(writeTrouble(new UnrecognizedActionError("Server Action was not found"), "Away.")).toBe(
    "A new version is here. Nothing was changed; reload the page, and try again.",
  );
});
