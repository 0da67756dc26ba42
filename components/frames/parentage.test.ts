// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";
import { createParentage } from "@/components/frames/parentage";
import { createKnownUploads } from "@/components/uploads/known-uploads";
import { createUploadQueue } from "@/components/uploads/upload-queue";
import { type Upload, uploadRef } from "@/lib/uploads/schema";

const FIELD = { id: "root_images", path: ["images"], title: "Images", noun: "image", slots: 2 };
const PARENT = "b3a1a2f0-0000-4000-8000-000000000001";
const frame = () => new File(["a frame"], "last-frame.png", { type: "image/png" });
const other = uploadRef("b".repeat(64));

beforeEach(() => localStorage.clear());

/** A form of one field over a real queue, whose files arrive when the test lets them. */
function page(values: string[] = []) {
  let arrive: (() => void)[] = [];
  let count = 0;
  const queue = createUploadQueue({
    config: { host: "own", sendable: ["image"] },
    known: createKnownUploads(),
    prepare: async (file) => ({ ok: true, blob: file, name: file.name }),
    send: () => {
      const sha256 = String(count++).repeat(64).slice(0, 64);
      const upload = { ref: uploadRef(sha256), sha256, kind: "image", name: "frame" } as Upload;
      return new Promise((resolve) => arrive.push(() => resolve({ ok: true, upload })));
    },
  });
  const form = {
    values,
    set(next: string[]) {
      form.values = next;
      queue.attach("a", {
        control: FIELD.id,
        values: next,
        kinds: ["image"],
        slots: 2,
        onValues: (given) => form.set(given),
      });
    },
  };
  form.set(values);
  const parentage = createParentage(queue, FIELD, localStorage, "m");
  return {
    queue,
    form,
    parentage,
    parent: () => parentage.parentOf({ images: form.values }),
    async arrived() {
      await expect.poll(() => arrive.length).toBeGreaterThan(0);
      for (const act of arrive) act();
      arrive = [];
      await expect.poll(() => queue.counts().running).toBe(0);
    },
  };
}

it("makes a child of a press that begins with its parent's last frame, once it has arrived", async () => {
  const { queue, parentage, parent, arrived } = page();
  queue.add("a", [frame()], 0);
  parentage.begin(PARENT);
  expect(parentage.current()).toBe(PARENT);
  expect(parent()).toBeNull();
  await arrived();
  expect(parentage.current()).toBe(PARENT);
  expect(parent()).toBe(PARENT);
});

it("ends with the frame: removed, replaced, moved back, or no longer wanted while it was on its way", async () => {
  const { queue, form, parentage, parent, arrived } = page();
  queue.add("a", [frame()], 0);
  parentage.begin(PARENT);
  await arrived();
  const [own = ""] = form.values;
  form.set([other, own]);
  expect(parent()).toBeNull();
  expect(parentage.current()).toBeNull();
  form.set([own, other]);
  expect(parent()).toBe(PARENT);
  form.set([other]);
  expect(parent()).toBeNull();
  form.set([]);
  expect(parent()).toBeNull();

  queue.add("a", [frame(), other], 0);
  parentage.begin(PARENT);
  queue.remove("a", 0);
  expect(parentage.current()).toBeNull();
  expect(parent()).toBeNull();
});

it("follows a frame that is moved while it is on its way", async () => {
  const { queue, form, parentage, parent, arrived } = page();
  queue.add("a", [frame(), other], 0);
  parentage.begin(PARENT);
  queue.move("a", 0, 1);
  expect(parentage.current()).toBeNull();
  await arrived();
  expect(parent()).toBeNull();
  form.set(form.values.toReversed());
  expect(parent()).toBe(PARENT);
});

it("outlives a reload with the draft, but not another recipe", async () => {
  const first = page();
  first.queue.add("a", [frame()], 0);
  first.parentage.begin(PARENT);
  await first.arrived();

  const second = page(first.form.values);
  expect(second.parent()).toBe(PARENT);
  expect(second.parentage.current()).toBe(PARENT);
  second.parentage.fill({ images: [other] }, null);
  expect(page(first.form.values).parent()).toBeNull();
});

it("comes with the recipe of a clip that is a child itself", () => {
  const { form, parentage, parent } = page();
  parentage.fill({ images: [other] }, PARENT);
  form.set([other]);
  expect(parent()).toBe(PARENT);
  parentage.fill({}, PARENT);
  expect(parent()).toBeNull();
});

it("continues nothing when the frame was not taken, or what is kept cannot be read", () => {
  const full = page([other, other]);
  full.queue.add("a", [frame()], 0);
  full.parentage.begin(PARENT);
  expect(full.parentage.current()).toBeNull();
  for (const text of ["{", "[]", "null", '{"id":1,"picture":"x"}']) {
    localStorage.setItem("mindvideo:parent:m", text);
    expect(page([other]).parent()).toBeNull();
  }
});
