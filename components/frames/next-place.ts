import type { PictureField } from "@/components/frames/picture-fields";
import { roleOf } from "@/components/schema-form/files/file-words";
import type { UploadQueue } from "@/components/uploads/upload-queue";

/** Where the next picture goes: a place that is free, or the last one when none is. `role` is what it is there. */
export type Place = { fieldId: string; control?: string; at: number; isTaken: boolean; role: string };

/**
 * Where a picture from outside the form goes: the first free place among the fields that take pictures, in the order of
 * the form, those before others that take nothing else. When all are taken it replaces the very last. Null when the form
 * has no such field.
 */
export function nextPlace(queue: Pick<UploadQueue, "fields" | "entries">, pictures: PictureField[]): Place | null {
  const fields = queue.fields().filter(({ kinds }) => kinds.includes("image"));
  const free = fields.filter(({ room }) => room > 0);
  const field = free.find(({ kinds }) => kinds.length === 1) ?? free[0] ?? fields.at(-1);
  if (!field) return null;
  const { fieldId, control } = field;
  const isTaken = field.room === 0;
  const count = queue.entries(fieldId).length;
  const at = isTaken ? count - 1 : count;
  const known = pictures.find(({ id }) => id === control) ?? { title: "Picture", noun: "picture", slots: 1 };
  const role = roleOf(at, known);
  return { fieldId, control, at, isTaken, role: role.charAt(0).toLowerCase() + role.slice(1) };
}

/** Puts a picture where `nextPlace` says. */
export function putPicture(queue: Pick<UploadQueue, "add" | "replace">, { fieldId, at, isTaken }: Place, file: File) {
  if (isTaken) queue.replace(fieldId, at, file);
  else queue.add(fieldId, [file], at);
}

// "the last frame", but "image 3".
const named = (role: string) => (/\d$/.test(role) ? role : `the ${role}`);

/** What will be done, before it is. */
export const placeText = ({ isTaken, role }: Place) => `${isTaken ? "Replaces" : "Becomes"} ${named(role)} in the form`;

/** What has been done. */
export const placedText = ({ isTaken, role }: Place) => (isTaken ? `Replaced ${named(role)}` : `Added as ${role}`);
