import type { KeyboardEvent } from "react";

/** A single key presses the button that carries it. Held down it does so once, but goes on from frame to frame. */
export function pressShortcut(event: KeyboardEvent<HTMLElement>) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!(event.repeat ? /^[.,]$/ : /^[a-z.,]$/i).test(event.key)) return;
  const target = event.currentTarget.querySelector<HTMLElement>(`[data-shortcut="${event.key.toLowerCase()}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
}
