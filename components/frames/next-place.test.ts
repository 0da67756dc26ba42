import { expect, it } from "vitest";
import { nextPlace, placedText, placeText } from "@/components/frames/next-place";
import type { FieldEntry } from "@/components/uploads/upload-queue";
import type { UploadKind } from "@/lib/uploads/schema";

const PAIR = { id: "root_images", path: ["images"], title: "Images", noun: "image", slots: 2 };
const START = { id: "root_start", path: ["start"], title: "Start image", noun: "image", slots: 1 };
const END = { id: "root_end", path: ["end"], title: "End image", noun: "image", slots: 1 };

type Form = { id: string; held: number; slots: number; kinds?: UploadKind[] }[];

const queueOf = (form: Form) => ({
  fields: () =>
    form.map(({ id, held, slots, kinds = ["image"] }) => ({
      fieldId: `queue:${id}`,
      control: id,
      kinds,
      room: slots - held,
    })),
  entries: (id: string): FieldEntry[] =>
    Array.from({ length: form.find((field) => `queue:${field.id}` === id)?.held ?? 0 }, () => ({
      type: "value",
      value: "x",
    })),
});
const place = (form: Form) => nextPlace(queueOf(form), [PAIR, START, END]);

it("fills a pair in its order, then replaces the last frame", () => {
  const said = [0, 1, 2].map((held) => {
    const found = place([{ id: PAIR.id, held, slots: 2 }]);
    return found && [found.at, placeText(found), placedText(found)];
  });
  expect(said).toEqual([
    [0, "Becomes the first frame in the form", "Added as first frame"],
    [1, "Becomes the last frame in the form", "Added as last frame"],
    [1, "Replaces the last frame in the form", "Replaced the last frame"],
  ]);
});

it("goes on to the next field that is free, and past what takes anything else", () => {
  const both = place([
    { id: START.id, held: 1, slots: 1 },
    { id: END.id, held: 0, slots: 1 },
  ]);
  expect(both).toMatchObject({ control: END.id, at: 0, isTaken: false, role: "end image" });
  const full = place([
    { id: START.id, held: 1, slots: 1 },
    { id: END.id, held: 1, slots: 1 },
  ]);
  expect(full && placeText(full)).toBe("Replaces the end image in the form");
  const mixed = place([
    { id: "root_any", held: 0, slots: 1, kinds: ["image", "video", "audio"] },
    { id: PAIR.id, held: 0, slots: 2 },
  ]);
  expect(mixed?.control).toBe(PAIR.id);
});

it("counts where there are many, and is nowhere without a field for pictures", () => {
  const many = nextPlace(queueOf([{ id: PAIR.id, held: 3, slots: Number.POSITIVE_INFINITY }]), [
    { ...PAIR, slots: Number.POSITIVE_INFINITY },
  ]);
  expect(many && placeText(many)).toBe("Becomes image 4 in the form");
  expect(place([{ id: "root_voice", held: 0, slots: 1, kinds: ["audio"] }])).toBeNull();
  expect(place([])).toBeNull();
});
