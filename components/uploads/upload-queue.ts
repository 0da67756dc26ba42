import { fileFromDataUri, isDataUri } from "@/components/uploads/data-uri";
import { checkPick, tooMany } from "@/components/uploads/file-check";
import type { KnownUploads } from "@/components/uploads/known-uploads";
import type { PrepareFile } from "@/components/uploads/prepare-file";
import type { SendFile } from "@/components/uploads/send-file";
import { countUploads, IDLE, type UploadCounts } from "@/components/uploads/upload-counts";
import { createUploadJobs, type QueuedFile } from "@/components/uploads/upload-jobs";
import type { Upload, UploadKind, UploadsConfig } from "@/lib/uploads/schema";

export type FieldEntry = { type: "value"; value: string } | { type: "file"; file: QueuedFile };

/** What a control tells of its field: what the form holds, and what may come in. */
export type AttachedField = {
  /** The id of the control in the page, by which others find the field; a field moved within a list gets another one. */
  control?: string;
  values: string[];
  kinds: UploadKind[];
  accept?: string;
  slots: number;
  /** Takes all finished values, in their order. */
  onValues(values: string[]): void;
};

export type UploadQueue = {
  /** `isUrgent` is what a person has just done and waits to see; the rest may be drawn when there is time. */
  subscribe(listener: (isUrgent: boolean) => void): () => void;
  /** What a field shows, in its order. The same array until something changed. */
  entries(fieldId: string): readonly FieldEntry[];
  /**
   * Told by the control whenever its value or options change; the returned function takes the field away and cancels what
   * is on its way to it, unless the same id is attached again at once. `fieldId` is the control's own for all its life.
   */
  attach(fieldId: string, field: AttachedField): () => void;
  /** Files, addresses and references; a data: URI becomes a file. What does not fit is said by `notice`. */
  add(fieldId: string, things: (File | string)[], at?: number): void;
  replace(fieldId: string, index: number, file: File): void;
  move(fieldId: string, from: number, to: number): void;
  remove(fieldId: string, index: number): void;
  retry(id: string): void;
  /** The network is back: what it kept from arriving says so. */
  offerAgain(): void;
  /** Cancels whatever is on its way: another recipe is filled in. */
  clear(): void;
  /** The fields of the form, in its order. `room` may be Infinity. */
  fields(): { fieldId: string; control?: string; kinds: UploadKind[]; room: number }[];
  counts(): UploadCounts;
  /** The files that did not arrive, in the order of the form. */
  failures(): { id: string; name: string }[];
  uploadOf(ref: string): Upload | null;
  isGone(ref: string): boolean;
  /** What could not be taken at all, in sentences, until the next change of the field; null when there is nothing. */
  notice(fieldId: string): string | null;
  /** Adds a sentence to the notice, about what never was a file. */
  say(fieldId: string, sentence: string): void;
};

export type Neighbours = {
  config: UploadsConfig;
  prepare: PrepareFile;
  send: SendFile;
  known: KnownUploads;
};

type Field = {
  told: AttachedField;
  entries: readonly FieldEntry[];
  notice: string | null;
  /** The values the form holds as far as we know, and those we gave it that it has not told us of yet: as JSON. */
  settled: string;
  unechoed: string[];
};

const NOTHING: readonly FieldEntry[] = [];

const valuesIn = (entries: readonly FieldEntry[]) =>
  entries.flatMap((entry) => (entry.type === "value" ? [entry.value] : []));
const filesIn = (entries: readonly FieldEntry[]) =>
  entries.flatMap((entry) => (entry.type === "file" ? [entry.file] : []));

/**
 * Every file of the page between being chosen and being a reference in the form. The form holds strings alone: what is on
 * its way stands here, between them, and becomes one in its place.
 */
export function createUploadQueue({ config, prepare, send, known }: Neighbours): UploadQueue {
  const fields = new Map<string, Field>();
  const listeners = new Set<(isUrgent: boolean) => void>();
  let counts = IDLE;
  let takenAway = 0;
  let soon: ReturnType<typeof setTimeout> | undefined;
  const jobs = createUploadJobs({
    prepare,
    send,
    onNews(file) {
      replaceFile(file.id, { type: "file", file });
      changed(tellSoon);
    },
    onArrived({ id }, upload) {
      known.learn(upload);
      const field = replaceFile(id, { type: "value", value: upload.ref });
      jobs.end(id);
      if (field) put(field, field.entries, tellSoon);
    },
  });

  function tell(isUrgent = true) {
    clearTimeout(soon);
    soon = undefined;
    for (const listener of listeners) listener(isUrgent);
  }

  /** In a task of its own, so that drawing the news does not make the task longer that brought it. */
  function tellSoon() {
    soon ??= setTimeout(tell, 0, false);
  }

  function changed(announce: () => void = tell) {
    const files = [...fields.values()].flatMap(({ entries }) => filesIn(entries));
    const isSettled = [...fields.values()].every(({ unechoed }) => unechoed.length === 0);
    counts = countUploads(files, { isSettled, takenAway });
    announce();
  }
  known.subscribe(() => changed(tellSoon));

  /** Puts other entries into a field: ends the files that are gone, and tells the form when its values are others. */
  function put(field: Field, entries: readonly FieldEntry[], announce: () => void = tell) {
    const stay = new Set(filesIn(entries).map(({ id }) => id));
    for (const { id, state } of filesIn(field.entries)) {
      if (stay.has(id)) continue;
      if (state !== "failed") takenAway++;
      jobs.end(id);
    }
    field.entries = entries;
    const values = valuesIn(entries);
    const told = JSON.stringify(values);
    if (told !== (field.unechoed.at(-1) ?? field.settled)) {
      field.unechoed.push(told);
      field.told.onValues(values);
    }
    known.hold([...fields.values()].flatMap((each) => valuesIn(each.entries)));
    changed(announce);
  }

  function replaceFile(id: string, next: FieldEntry): Field | null {
    for (const field of fields.values()) {
      const at = field.entries.findIndex((entry) => entry.type === "file" && entry.file.id === id);
      if (at < 0) continue;
      field.entries = field.entries.with(at, next);
      return field;
    }
    return null;
  }

  /** Text as an entry: an address or a reference as it is, a data: URI as the file it holds. */
  function entryOf(fieldId: string, text: string): FieldEntry | string {
    if (!isDataUri(text)) return { type: "value", value: text };
    const file = fileFromDataUri(text);
    return file ? entryOfFile(fieldId, file) : "This data: address could not be read. Add the file itself.";
  }

  function entryOfFile(fieldId: string, file: File): FieldEntry | string {
    const told = fields.get(fieldId)?.told;
    if (!told) return "";
    const check = checkPick(file, told, config);
    return check.ok ? { type: "file", file: jobs.start(file, check.kind) } : check.message;
  }

  /** The form holds other values than we know of: they win, and what is on its way stays behind them. */
  function take(fieldId: string, field: Field, values: string[]) {
    const problems: string[] = [];
    const taken = values.flatMap((value): FieldEntry[] => {
      const entry = entryOf(fieldId, value);
      if (typeof entry !== "string") return [entry];
      problems.push(entry);
      return [];
    });
    const room = Math.max(0, field.told.slots - taken.length);
    field.settled = JSON.stringify(values);
    field.unechoed = [];
    field.notice = problems.join(" ") || null;
    put(field, [...taken, ...field.entries.filter(({ type }) => type === "file").slice(0, room)]);
  }

  function change(
    fieldId: string,
    next: (entries: FieldEntry[], field: Field) => FieldEntry[],
    announce: () => void = tell,
  ) {
    const field = fields.get(fieldId);
    if (!field) return;
    field.notice = null;
    put(field, next([...field.entries], field), announce);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    entries: (fieldId) => fields.get(fieldId)?.entries ?? NOTHING,

    attach(fieldId, told) {
      const known = fields.get(fieldId);
      const field: Field = known ?? { told, entries: NOTHING, notice: null, settled: "", unechoed: [] };
      field.told = told;
      fields.set(fieldId, field);
      const values = JSON.stringify(told.values);
      const echo = field.unechoed.indexOf(values);
      if (echo >= 0) {
        field.settled = values;
        field.unechoed.splice(0, echo + 1);
        changed();
      } else if (values !== field.settled) {
        take(fieldId, field, told.values);
      }
      return () =>
        queueMicrotask(() => {
          if (field.told !== told || fields.get(fieldId) !== field) return;
          for (const { id } of filesIn(field.entries)) jobs.end(id);
          fields.delete(fieldId);
          changed();
        });
    },

    add: (fieldId, things, at) =>
      change(
        fieldId,
        (entries, field) => {
          const room = Math.max(0, field.told.slots - entries.length);
          const problems: string[] = [];
          const added: FieldEntry[] = [];
          const left: (File | string)[] = [];
          for (const thing of things) {
            if (added.length >= room) {
              left.push(thing);
              continue;
            }
            const entry = typeof thing === "string" ? entryOf(fieldId, thing) : entryOfFile(fieldId, thing);
            if (typeof entry === "string") problems.push(entry);
            else added.push(entry);
          }
          if (left.length > 0) problems.push(tooMany(field.told, left));
          field.notice = problems.join(" ") || null;
          return entries.toSpliced(at ?? entries.length, 0, ...added);
        },
        tellSoon,
      ),

    replace: (fieldId, index, file) =>
      change(fieldId, (entries, field) => {
        const entry = entryOfFile(fieldId, file);
        if (typeof entry !== "string") return entries.toSpliced(index, 1, entry);
        field.notice = entry;
        return entries;
      }),

    move: (fieldId, from, to) =>
      change(fieldId, (entries) => entries.toSpliced(from, 1).toSpliced(to, 0, ...entries.slice(from, from + 1))),

    remove: (fieldId, index) => change(fieldId, (entries) => entries.toSpliced(index, 1)),

    retry: jobs.retry,
    offerAgain: jobs.offerAgain,

    clear() {
      for (const field of fields.values()) {
        if (filesIn(field.entries).length === 0) continue;
        put(
          field,
          field.entries.filter(({ type }) => type === "value"),
        );
      }
    },

    fields: () =>
      [...fields].map(([fieldId, { told, entries }]) => ({
        fieldId,
        control: told.control,
        kinds: told.kinds,
        room: Math.max(0, told.slots - entries.length),
      })),
    counts: () => counts,
    failures: () =>
      [...fields.values()]
        .flatMap(({ entries }) => filesIn(entries))
        .flatMap(({ id, name, state }) => (state === "failed" ? [{ id, name }] : [])),
    uploadOf: known.uploadOf,
    isGone: known.isGone,
    notice: (fieldId) => fields.get(fieldId)?.notice ?? null,
    say(fieldId, sentence) {
      const field = fields.get(fieldId);
      if (!field) return;
      field.notice = [field.notice, sentence].filter((part) => part !== null).join(" ");
      changed();
    },
  };
}
