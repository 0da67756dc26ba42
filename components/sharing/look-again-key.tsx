"use client";

/** Asks once more for the page of a clip that is not done yet. */
export function LookAgainKey() {
  return (
    <button type="button" className="key" onClick={() => location.reload()}>
      Look again
    </button>
  );
}
