import { forgetTab } from "@/components/playground/draft";

/** The id of a generation that was deleted; null for everything. */
type Removed = string | null;

let channel: BroadcastChannel | null = null;

/** One for the whole page: what it says itself it does not hear. Null where the browser has none. */
function open(): BroadcastChannel | null {
  if (!("BroadcastChannel" in globalThis)) return null;
  channel ??= new BroadcastChannel("mindvideo:removed");
  return channel;
}

/** Tells the visitor's other tabs what they need not show any more. */
export function tellRemoved(removed: Removed) {
  open()?.postMessage(removed);
}

/** Calls `leave` for what is deleted in another tab of this browser. @returns how to stop. */
export function onRemovedElsewhere(leave: (removed: Removed) => unknown) {
  const hear = ({ data }: MessageEvent<Removed>) => {
    if (data === null) forgetTab();
    leave(data);
  };
  open()?.addEventListener("message", hear);
  return () => open()?.removeEventListener("message", hear);
}
