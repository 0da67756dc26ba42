let isPressing = false;

if (typeof window !== "undefined") {
  const note = ({ type }: Event) => {
    isPressing = type === "pointerdown";
  };
  for (const type of ["pointerdown", "pointerup", "pointercancel"]) window.addEventListener(type, note, true);
}

/**
 * Does at once what may move the page; while the pointer is down, when it is released. A field that is left by pressing
 * something else must not move that something away from under the pointer: the click would be lost.
 */
export function afterPress(act: () => void) {
  if (!isPressing) return act();
  const types = ["pointerup", "pointercancel"];
  const release = () => {
    for (const type of types) window.removeEventListener(type, release, true);
    act();
  };
  for (const type of types) window.addEventListener(type, release, true);
}
