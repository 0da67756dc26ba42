// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { CountRow } from "@/components/result/count-row";

const told = (row: React.ReactElement) => {
  render(<dl>{row}</dl>);
  return screen.getByRole("definition").textContent;
};

afterEach(cleanup);

it("says how many may run at once, and for whom", () => {
  expect(told(<CountRow limit={8} whose="visitor" freeAt={null} />)).toBe("8 at once for each visitor.");
});

it("says how many a minute, and when the next one is let in", () => {
  const row = <CountRow limit={120} whose="all" freeAt={Date.now() + 34_500} />;
  expect(told(row)).toMatch(/^120 a minute for all visitors together\. The next one can be pressed in 3[45] s\.$/);
});

it("says when the wait is over", () => {
  const row = <CountRow limit={20} whose="visitor" freeAt={Date.now() - 1} />;
  expect(told(row)).toBe("20 a minute for each visitor. The next one can be pressed now.");
});
