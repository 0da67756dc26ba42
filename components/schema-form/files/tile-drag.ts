const LONG_PRESS_MS = 300;
const SLOP_PX = 6;

type Drag = {
  /** The press on a tile (`data-place`) that may become a drag. */
  press: PointerEvent;
  tile: HTMLElement;
  /** A handle is made for dragging; on the picture itself a finger may also be scrolling the page. */
  isByHandle: boolean;
  onDrop: (from: number, to: number) => void;
};

const placeOf = (tile: HTMLElement) => Number(tile.dataset.place);

/**
 * Lets a tile follow the pointer, and tells where it was let go. A mouse drags at once, a finger by the handle at once
 * and elsewhere after a long press: until then its move is a scroll. Nothing of this passes through React until the end.
 */
export function followDrag({ press, tile, isByHandle, onDrop }: Drag) {
  const tiles = [...(tile.parentElement?.querySelectorAll<HTMLElement>("[data-place]") ?? [])];
  if (tiles.length < 2) return;
  const isPatient = press.pointerType !== "mouse" && !isByHandle;
  const listening = new AbortController();
  const { signal } = listening;
  let isLifted = false;
  let target = tile;

  const lift = () => {
    isLifted = true;
    tile.dataset.lifted = "";
  };
  const timer = isPatient ? setTimeout(lift, LONG_PRESS_MS) : undefined;

  const end = () => {
    clearTimeout(timer);
    listening.abort();
    delete tile.dataset.lifted;
    delete target.dataset.target;
    tile.style.removeProperty("--dx");
    tile.style.removeProperty("--dy");
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== press.pointerId) return;
    const [dx, dy] = [event.clientX - press.clientX, event.clientY - press.clientY];
    if (!isLifted && Math.hypot(dx, dy) < SLOP_PX) return;
    if (!isLifted && isPatient) return end();
    if (!isLifted) lift();
    tile.style.setProperty("--dx", `${dx}px`);
    tile.style.setProperty("--dy", `${dy}px`);
    delete target.dataset.target;
    target = tileAt(tiles, tile, event.clientX, event.clientY);
    if (target !== tile) target.dataset.target = "";
  };
  const drop = (event: PointerEvent) => {
    if (event.pointerId !== press.pointerId) return;
    const [from, to] = [placeOf(tile), placeOf(target)];
    const isMoved = isLifted && from !== to;
    end();
    if (isMoved) onDrop(from, to);
  };

  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", drop, { signal });
  addEventListener("pointercancel", end, { signal });
  addEventListener("keydown", (event) => event.key === "Escape" && end(), { signal });
  // The page must not scroll under a lifted tile, nor a phone offer to save the picture.
  document.addEventListener("touchmove", (event) => isLifted && event.preventDefault(), { signal, passive: false });
  document.addEventListener("contextmenu", (event) => isPatient && event.preventDefault(), { signal });
}

/** The tile whose place a point is in; the dragged one itself when it is nowhere near another. */
function tileAt(tiles: HTMLElement[], dragged: HTMLElement, x: number, y: number): HTMLElement {
  const found = tiles.find((tile) => {
    if (tile === dragged) return false;
    const { left, right, top, bottom } = tile.getBoundingClientRect();
    return x >= left && x <= right && y >= top && y <= bottom;
  });
  return found ?? dragged;
}
