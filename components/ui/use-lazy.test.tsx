// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { NotLoaded } from "@/components/ui/not-loaded";
import { useLazy } from "@/components/ui/use-lazy";

const Asked = (_props: { onClose: () => void }) => null;

test("what cannot be fetched says so where it was asked for, and is asked for again", async () => {
  let isThere = false;
  const { result } = renderHook(() =>
    useLazy(async () => {
      if (!isThere) throw new Error("ChunkLoadError");
      return Asked;
    }),
  );
  await act(() => result.current.open());
  expect(result.current.Part).toBe(NotLoaded);
  act(() => result.current.close());
  expect(result.current.Part).toBeNull();

  isThere = true;
  await act(() => result.current.open());
  expect(result.current.Part).toBe(Asked);
});
