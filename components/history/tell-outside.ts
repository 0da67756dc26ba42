const TOLD_KEY = "mindvideo:told";
const MAX_TOLD = 50;

/** How long what one tab stores may take to reach the others: far more than it ever does. */
const STORED_AFTER_MS = 10_000;

/**
 * Whether this tab is the first to notice: several tabs watch the same generation, and only one of them may notify. At the same
 * moment it is the one that gets the lock: what another tab has just stored is not there yet, and taking turns would not wait
 * for it. Later it is the one that finds nothing stored. Without locks, two tabs could at worst both win.
 */
function claim(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve(remember(id));
    const holdIfFirst = async (lock: Lock | null) => {
      const isFirst = lock !== null && remember(id);
      resolve(isFirst);
      if (isFirst) await new Promise((stored) => setTimeout(stored, STORED_AFTER_MS));
    };
    navigator.locks
      .request(`${TOLD_KEY}:${id}`, { ifAvailable: true }, holdIfFirst)
      // A page that is not allowed any is told for itself.
      .catch(() => resolve(remember(id)));
  });
}

/** Stores that somebody was told of a generation; false when that was stored already. */
function remember(id: string): boolean {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(TOLD_KEY) ?? "[]");
    const ids = Array.isArray(told) ? told : [];
    if (ids.includes(id)) return false;
    localStorage.setItem(TOLD_KEY, JSON.stringify([...ids, id].slice(-MAX_TOLD)));
  } catch {
    // Without storage there is nothing to share with other tabs.
  }
  return true;
}

let plainTitle: string | null = null;

function showTitle(text: string) {
  plainTitle ??= document.title;
  document.title = `${text} · ${plainTitle}`;
  const restore = () => {
    if (document.hidden) return;
    document.title = plainTitle ?? document.title;
    plainTitle = null;
    document.removeEventListener("visibilitychange", restore);
  };
  document.addEventListener("visibilitychange", restore);
}

/**
 * Tells somebody who is elsewhere that a generation ended: in the title of every hidden tab, and as one notification
 * if they allowed it. A tab that is looked at takes the claim silently. `onOpen` runs when the notification is pressed.
 */
export async function tellOutside(id: string, text: string, body: string | null, onOpen: () => void) {
  const isHidden = document.hidden;
  if (isHidden) showTitle(text);
  const isFirst = await claim(id);
  if (!isHidden || !isFirst || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(text, { body: body ?? undefined, tag: id });
    notification.onclick = () => {
      window.focus();
      onOpen();
      notification.close();
    };
  } catch {
    // Some phones have the class and refuse to construct it; the title has said it.
  }
}
