import { beforeEach, describe, expect, it } from "vitest";
import type { KnownUploads } from "@/components/uploads/known-uploads";
import type { Preparing } from "@/components/uploads/prepare-file";
import type { Sent } from "@/components/uploads/send-file";
import { type AttachedField, createUploadQueue, type FieldEntry } from "@/components/uploads/upload-queue";
import { type Upload, type UploadsConfig, uploadRef } from "@/lib/uploads/schema";

const ALL: UploadsConfig = { host: "own", sendable: ["image", "video", "audio"] };
const picture = (name: string, bytes = "picture", type = "image/png") => new File([bytes], name, { type });
const sized = (name: string, type: string, size: number) =>
  Object.defineProperty(picture(name, "x", type), "size", { value: size });
const shaOf = (name: string) =>
  [...name]
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join("")
    .padEnd(64, "0");
const refOf = (name: string) => uploadRef(shaOf(name));
const arrived = (name: string): Sent => ({ ok: true, upload: { ref: refOf(name), name } as Upload });
const cut: Sent = { ok: false, code: "network", message: "The connection was cut.", canRetry: true };
const settle = () => new Promise((resolve) => setTimeout(resolve));
const shownIn = (entries: readonly FieldEntry[]) =>
  entries.map((entry) => (entry.type === "value" ? entry.value : `${entry.file.name} ${entry.file.state}`));

let urls: Set<string>;
beforeEach(() => {
  urls = new Set();
  URL.createObjectURL = () => {
    const url = `blob:${crypto.randomUUID()}`;
    urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => urls.delete(url);
});

/** A page: its queue, and a form that tells of its values a moment after it took them, as React does. */
function setup({
  config = ALL,
  prepares = async (file: File): Promise<Preparing> => ({ ok: true, blob: file, name: file.name }),
} = {}) {
  const sends: { name: string; signal: AbortSignal; progress: (share: number) => void; end: (sent: Sent) => void }[] =
    [];
  const held: string[][] = [];
  const prepared: string[] = [];
  const known: KnownUploads = {
    subscribe: () => {},
    uploadOf: () => null,
    isGone: () => false,
    learn: () => {},
    hold: (values) => held.push(values),
  };
  const queue = createUploadQueue({
    config,
    known,
    prepare: async (file, _kind, { onPicture }) => {
      prepared.push(file.name);
      onPicture(file);
      return prepares(file);
    },
    send: (_blob, { name, signal, onProgress }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
        sends.push({ name, signal, progress: onProgress, end: resolve });
      }),
  });
  const form: Record<string, string[]> = {};
  function field(fieldId: string, options: Partial<AttachedField> = {}) {
    let detach = () => {};
    const draw = (values: string[]) => {
      form[fieldId] = values;
      detach();
      const onValues = (next: string[]) => setTimeout(() => draw(next));
      detach = queue.attach(fieldId, { kinds: ["image"], slots: 3, onValues, ...options, values });
    };
    draw(options.values ?? []);
    return { draw, leave: () => detach() };
  }
  const sendOf = (name: string) => {
    const found = sends.findLast((send) => send.name === name);
    if (!found) throw new Error(`${name} is not being sent`);
    return found;
  };
  return { queue, form, field, sends, sendOf, held, prepared };
}

describe("the upload queue", () => {
  it("turns a file into a reference in its place, whatever arrives first", async () => {
    const { queue, form, field, sendOf, held } = setup();
    field("a", { values: ["https://x.test/1.png"] });
    queue.add("a", [picture("one.png"), picture("two.png")]);
    await settle();
    expect(shownIn(queue.entries("a"))).toEqual(["https://x.test/1.png", "one.png sending", "two.png sending"]);
    expect(queue.counts()).toMatchObject({ running: 2, failed: 0 });
    sendOf("two.png").end(arrived("two"));
    await settle();
    expect(shownIn(queue.entries("a"))).toEqual(["https://x.test/1.png", "one.png sending", refOf("two")]);
    sendOf("one.png").end(arrived("one"));
    await settle();
    await settle();
    expect(form.a).toEqual(["https://x.test/1.png", refOf("one"), refOf("two")]);
    expect(queue.counts()).toEqual({ running: 0, failed: 0, progress: 0, isSettled: true, takenAway: 0 });
    expect(held.at(-1)).toEqual(form.a);
    expect(urls.size).toBe(0);
  });

  it("counts a field as settled only when the form has told of what arrived", async () => {
    const { queue, field, sendOf } = setup();
    field("a");
    queue.add("a", [picture("one.png")]);
    await settle();
    sendOf("one.png").end(arrived("one"));
    await Promise.resolve();
    await Promise.resolve();
    expect(queue.counts()).toMatchObject({ running: 0, isSettled: false });
    await settle();
    expect(queue.counts()).toMatchObject({ running: 0, isSettled: true });
  });

  it("sends three at once", async () => {
    const { queue, field, sends, sendOf } = setup();
    field("a", { slots: 9 });
    queue.add(
      "a",
      ["1", "2", "3", "4", "5"].map((name) => picture(name)),
    );
    await settle();
    expect(sends.map(({ name }) => name)).toEqual(["1", "2", "3"]);
    sendOf("2").end(cut);
    sendOf("1").progress(0.5);
    await settle();
    expect(sends.map(({ name }) => name)).toEqual(["1", "2", "3", "4"]);
    queue.remove("a", 0);
    await settle();
    expect(sends.map(({ name }) => name)).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("keeps a failed one where it is, and sends it again without preparing it again", async () => {
    const { queue, form, field, sends, sendOf, prepared } = setup();
    field("a");
    queue.add("a", [picture("one.png"), picture("two.png")]);
    await settle();
    sendOf("one.png").end(cut);
    sendOf("two.png").end(arrived("two"));
    await settle();
    const [first] = queue.entries("a");
    expect(first).toMatchObject({ file: { state: "failed", problem: "The connection was cut.", canRetry: true } });
    expect(queue.counts()).toMatchObject({ running: 0, failed: 1 });
    const [failure] = queue.failures();
    expect(failure).toMatchObject({ name: "one.png" });
    queue.offerAgain();
    expect(queue.entries("a")[0]).toMatchObject({ file: { problem: "The connection is back. Try again." } });
    queue.retry(failure?.id ?? "");
    await settle();
    expect(sends.map(({ name }) => name)).toEqual(["one.png", "two.png", "one.png"]);
    expect(prepared).toEqual(["one.png", "two.png"]);
    sendOf("one.png").end(arrived("one"));
    await settle();
    await settle();
    expect(form.a).toEqual([refOf("one"), refOf("two")]);
  });

  it("says what is wrong with a file that cannot be prepared, and sends nothing of it", async () => {
    const { queue, field, sends } = setup({
      prepares: async () => ({ ok: false, message: "It is damaged.", canRetry: false }),
    });
    field("a");
    queue.add("a", [picture("one.png")]);
    await settle();
    expect(queue.entries("a")).toMatchObject([
      { file: { state: "failed", problem: "It is damaged.", canRetry: false } },
    ]);
    expect(sends).toEqual([]);
  });

  it("cancels what is removed or replaced, and lets go of its picture", async () => {
    const { queue, form, field, sends, sendOf } = setup();
    field("a");
    queue.add("a", [picture("one.png"), picture("two.png")]);
    await settle();
    queue.remove("a", 0);
    expect(sendOf("one.png").signal.aborted).toBe(true);
    queue.replace("a", 0, picture("cropped.png"));
    expect(sendOf("two.png").signal.aborted).toBe(true);
    await settle();
    expect(urls.size).toBe(1);
    sendOf("cropped.png").end(arrived("cropped"));
    await settle();
    await settle();
    expect(form.a).toEqual([refOf("cropped")]);
    expect(sends).toHaveLength(3);
    expect(urls.size).toBe(0);
  });

  it("moves files and values alike, and tells the form of the new order", async () => {
    const { queue, form, field, sendOf } = setup();
    field("a", { values: ["https://x.test/1", "https://x.test/2"] });
    queue.add("a", [picture("one.png")], 1);
    await settle();
    queue.move("a", 2, 0);
    await settle();
    expect(form.a).toEqual(["https://x.test/2", "https://x.test/1"]);
    queue.move("a", 2, 0);
    sendOf("one.png").end(arrived("one"));
    await settle();
    await settle();
    expect(form.a).toEqual([refOf("one"), "https://x.test/2", "https://x.test/1"]);
  });

  it("lets values from outside win, with what is on its way behind them, as far as there is room", async () => {
    const { queue, field, sendOf } = setup();
    const { draw } = field("a");
    queue.add("a", [picture("one.png"), picture("two.png")]);
    await settle();
    draw(["https://x.test/a", "https://x.test/b"]);
    expect(shownIn(queue.entries("a"))).toEqual(["https://x.test/a", "https://x.test/b", "one.png sending"]);
    expect(sendOf("two.png").signal.aborted).toBe(true);
  });

  it("cancels everything when another recipe is filled in", async () => {
    const { queue, field, sendOf } = setup();
    field("a", { values: ["https://x.test/a"] });
    field("b");
    queue.add("a", [picture("one.png")]);
    queue.add("b", [picture("two.png")]);
    await settle();
    queue.clear();
    expect(shownIn(queue.entries("a"))).toEqual(["https://x.test/a"]);
    expect(queue.entries("b")).toEqual([]);
    expect([sendOf("one.png"), sendOf("two.png")].every(({ signal }) => signal.aborted)).toBe(true);
    expect(queue.counts()).toMatchObject({ running: 0, failed: 0 });
  });

  it("cancels what is on its way to a field that goes, but not while a control is drawn anew", async () => {
    const { queue, field, sendOf } = setup();
    const { draw, leave } = field("a");
    queue.add("a", [picture("one.png")]);
    await settle();
    draw([]);
    await settle();
    expect(shownIn(queue.entries("a"))).toEqual(["one.png sending"]);
    leave();
    await settle();
    expect(sendOf("one.png").signal.aborted).toBe(true);
    expect(queue.fields()).toEqual([]);
  });

  it("makes files of data: URIs, those the form brings too", async () => {
    const { queue, form, field, sends, sendOf } = setup();
    field("a", { values: [`data:image/png;base64,${btoa("inside")}`, "https://x.test/1"] });
    await settle();
    expect(form.a).toEqual(["https://x.test/1"]);
    sendOf("pasted-image.png").end(arrived("inside"));
    await settle();
    await settle();
    expect(form.a).toEqual([refOf("inside"), "https://x.test/1"]);
    queue.add("a", ["data:image/svg+xml,%3Csvg/%3E"]);
    expect(queue.notice("a")).toContain("not taken here");
    queue.add("a", ["data:image/png;base64,§§"]);
    expect(queue.notice("a")).toContain("could not be read");
    expect(sends).toHaveLength(1);
  });

  it.each([
    ["empty", picture("one.png", ""), /“one.png” is empty/],
    [
      "of a kind that does not belong here",
      picture("a.mp4", "x", "video/mp4"),
      /“a.mp4” is not taken here. This field takes JPEG, PNG/,
    ],
    ["an SVG", picture("a.svg", "<svg/>", "image/svg+xml"), /not taken here/],
    ["text by its name", picture("notes.txt", "x", "text/plain"), /not taken here/],
    ["too large", sized("big.png", "image/png", 70_000_000), /“big.png” has 70 MB.*up to 60 MB/],
  ])("refuses at once what is %s", (_what, file, message) => {
    const { queue, field } = setup();
    field("a");
    queue.add("a", [file]);
    expect(queue.notice("a")).toMatch(message);
    expect(queue.entries("a")).toEqual([]);
  });

  it("says of what cannot be sent what to set, and of too many which ones", async () => {
    const { queue, field } = setup({ config: { host: "own", sendable: ["image"] } });
    field("v", { kinds: ["video"] });
    queue.add("v", [picture("a.mp4", "x", "video/mp4")]);
    expect(queue.notice("v")).toContain("UPLOADTHING_TOKEN or PUBLIC_URL");
    field("i", { slots: 1 });
    queue.add("i", [picture("1.png"), picture("2.png"), picture("3.png")]);
    expect(queue.notice("i")).toMatch(/“2.png” and 1 more were not added/);
    expect(queue.fields()).toEqual([
      { fieldId: "v", kinds: ["video"], room: 3 },
      { fieldId: "i", kinds: ["image"], room: 0 },
    ]);
    queue.remove("i", 0);
    expect(queue.notice("i")).toBeNull();
  });

  it("takes a picture that lost its name's ending, and says nothing new when nothing changed", async () => {
    const { queue, field } = setup();
    field("a");
    queue.add("a", [picture("IMG_0001", "x", "")]);
    await settle();
    const before = [queue.entries("a"), queue.counts()];
    expect(shownIn(queue.entries("a"))).toEqual(["IMG_0001 sending"]);
    expect([queue.entries("a"), queue.counts()]).toEqual(before);
    expect(queue.entries("a")).toBe(before[0]);
    expect(queue.counts()).toBe(before[1]);
  });
});
