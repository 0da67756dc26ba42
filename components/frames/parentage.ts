import { type PictureField, pictureIn } from "@/components/frames/picture-fields";
import type { UploadQueue } from "@/components/uploads/upload-queue";

/** Whose last frame the form begins with. `picture` is its reference; null while the frame is on its way. */
type Parent = { id: string; picture: string | null };

type Queue = Pick<UploadQueue, "entries" | "fields" | "subscribe">;

/**
 * Which clip the form continues (docs/decisions/011). It does so for as long as that clip's frame is the first picture in
 * the form's first picture field, and stops by itself when another one is there, or none. Kept beside the draft.
 */
export function createParentage(queue: Queue, field: PictureField | null, storage: Storage | null, slug: string) {
  const key = `mindvideo:parent:${slug}`;
  let parent = readParent(storage, key);
  let onItsWay: { fileId: string; place: number; length: number } | null = null;
  const listeners = new Set<() => void>();

  function entries() {
    const known = queue.fields().find(({ control }) => field !== null && control === field.id);
    return known ? queue.entries(known.fieldId) : [];
  }

  function set(next: Parent | null) {
    parent = next;
    try {
      // Only what has arrived outlives the page, as in the draft.
      if (next?.picture) storage?.setItem(key, JSON.stringify(next));
      else storage?.removeItem(key);
    } catch {
      // The draft is not kept either.
    }
    for (const listener of listeners) listener();
  }

  /** Follows the frame from being a file to being a reference in its place, wherever it has been moved meanwhile. */
  function look() {
    if (!parent || !onItsWay) return;
    const { fileId, place, length } = onItsWay;
    const all = entries();
    const now = all.findIndex((entry) => entry.type === "file" && entry.file.id === fileId);
    if (now >= 0) {
      onItsWay = { fileId, place: now, length: all.length };
      return;
    }
    onItsWay = null;
    const arrived = all.length === length ? all[place] : undefined;
    set(arrived?.type === "value" ? { ...parent, picture: arrived.value } : null);
  }
  queue.subscribe(look);

  return {
    /** The file that stands first now is the last frame of `id`. */
    begin(id: string) {
      const all = entries();
      const [first] = all;
      onItsWay = first?.type === "file" ? { fileId: first.file.id, place: 0, length: all.length } : null;
      set(onItsWay ? { id, picture: null } : null);
    },
    /** A recipe is filled in. That of a clip that continues another one brings its parent with it. */
    fill(input: Record<string, unknown>, parentId: string | null) {
      onItsWay = null;
      const picture = field ? pictureIn(input, field) : null;
      set(parentId && picture ? { id: parentId, picture } : null);
    },
    /** The clip that these settings continue; null when they continue none. */
    parentOf(input: Record<string, unknown>): string | null {
      look();
      const picture = field ? pictureIn(input, field) : null;
      return parent && picture !== null && picture === parent.picture ? parent.id : null;
    },
    /** The clip that the form continues as it stands, its frame perhaps still on its way. */
    current(): string | null {
      const [first] = parent ? entries() : [];
      if (!parent || !first) return null;
      const isThere = first.type === "file" ? first.file.id === onItsWay?.fileId : first.value === parent.picture;
      return isThere ? parent.id : null;
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      const stop = queue.subscribe(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}

export type Parentage = ReturnType<typeof createParentage>;

function readParent(storage: Storage | null, key: string): Parent | null {
  try {
    const kept = JSON.parse(storage?.getItem(key) ?? "null");
    return typeof kept?.id === "string" && typeof kept.picture === "string" ? kept : null;
  } catch {
    return null;
  }
}
