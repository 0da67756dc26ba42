const TOLD_KEY = "mindvideo:told";
const MAX_TOLD = 50;

/**
 * Whether this tab is the first to notice: several tabs watch the same generation, and only one of them may notify.
 * Under a lock where the browser has them; else two tabs could at worst both win.
 */
async function claim(id: string): Promise<boolean> {
  const take = () => {
    try {
      const told: unknown = JSON.parse(localStorage.getItem(TOLD_KEY) ?? "[]");
      const ids = Array.isArray(told) ? told : [];
      if (ids.includes(id)) return false;
      localStorage.setItem(TOLD_KEY, JSON.stringify([...ids, id].slice(-MAX_TOLD)));
    } catch {
      // Without storage there is nothing to share with other tabs.
    }
    return true;
  };
  return navigator.locks ? navigator.locks.request(TOLD_KEY, take) : take();
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
