// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { useKeptFocus } from "@/components/result/use-kept-focus";

function Region({ content }: { content: string }) {
  const region = useKeptFocus(content);
  return (
    <>
      <section ref={region} tabIndex={-1} aria-label="Result">
        <button key={content} type="button">
          {content}
        </button>
      </section>
      <button type="button">Elsewhere</button>
    </>
  );
}

afterEach(cleanup);

it("takes the focus when the focused button is replaced", () => {
  const { rerender } = render(<Region content="Again" />);
  screen.getByText("Again").focus();
  rerender(<Region content="Other" />);
  expect(document.activeElement).toBe(screen.getByLabelText("Result"));
});

it("leaves the focus of somebody who is elsewhere, or nowhere", () => {
  const { rerender } = render(<Region content="Again" />);
  screen.getByText("Elsewhere").focus();
  rerender(<Region content="Other" />);
  expect(document.activeElement).toBe(screen.getByText("Elsewhere"));
  screen.getByText("Other").focus();
  fireEvent.pointerDown(document.body);
  screen.getByText("Other").blur();
  rerender(<Region content="Third" />);
  expect(document.activeElement).toBe(document.body);
});
