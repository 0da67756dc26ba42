import { shaOfRef, type Upload } from "@/lib/uploads/schema";

export type KnownUploads = {
  /** Called when more is known of a reference. */
  subscribe(listener: () => void): void;
  /** What is known of a reference; null when nothing is. Asks the server once, together with others asked for meanwhile. */
  uploadOf(ref: string): Upload | null;
  /** The server has been asked and has none: it was deleted, or it was never this visitor's. */
  isGone(ref: string): boolean;
  learn(upload: Upload): void;
  /** All references that the form holds now: the server keeps them as long as a draft may need them. */
  hold(values: string[]): void;
};

const ROUTE = "/api/uploads";
const ASK_AFTER_MS = 30;
/** What leaves a form and comes back at once, as when it is moved between fields, is nobody's news. */
const TELL_AFTER_MS = 1_000;
const MAX_ASKED = 50;

/** What the page knows of the references in its form, and what the server is told of them. */
export function createKnownUploads(): KnownUploads {
  const known = new Map<string, Upload>();
  const asked = new Set<string>();
  const answered = new Set<string>();
  const held = new Set<string>();
  const listeners = new Set<() => void>();
  const toAsk: string[] = [];
  let wanted = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask() {
    const shas = toAsk.splice(0, MAX_ASKED);
    if (toAsk.length > 0) setTimeout(ask);
    try {
      const response = await fetch(`${ROUTE}?sha=${shas.join(",")}`);
      if (!response.ok) throw new Error(String(response.status));
      const { uploads } = (await response.json()) as { uploads: Upload[] };
      for (const upload of uploads) known.set(upload.ref, upload);
      for (const sha of shas) answered.add(sha);
      for (const listener of listeners) listener();
    } catch {
      // The next one who draws it asks again.
      for (const sha of shas) asked.delete(sha);
    }
  }

  function tell() {
    const hold = [...wanted].filter((sha) => !held.has(sha));
    const release = [...held].filter((sha) => !wanted.has(sha));
    for (const sha of hold) held.add(sha);
    for (const sha of release) held.delete(sha);
    if (hold.length + release.length === 0) return;
    // Nobody waits for it: what is not held is kept for a day anyway, and held again when the draft is opened.
    fetch(ROUTE, {
      method: "PATCH",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ hold, release }),
    }).catch(() => {});
  }

  return {
    subscribe: (listener) => listeners.add(listener),
    uploadOf(ref) {
      const sha = shaOfRef(ref);
      if (sha && !known.has(ref) && !asked.has(sha)) {
        asked.add(sha);
        if (toAsk.push(sha) === 1) setTimeout(ask, ASK_AFTER_MS);
      }
      return known.get(ref) ?? null;
    },
    isGone: (ref) => answered.has(shaOfRef(ref) ?? "") && !known.has(ref),
    learn: (upload) => known.set(upload.ref, upload),
    hold(values) {
      wanted = new Set(values.flatMap((value) => shaOfRef(value) ?? []));
      clearTimeout(timer);
      timer = setTimeout(tell, TELL_AFTER_MS);
    },
  };
}
