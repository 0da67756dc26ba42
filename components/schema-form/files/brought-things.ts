import { NAME_ENDINGS } from "@/lib/uploads/policy";
import { UPLOAD_KINDS, type UploadKind } from "@/lib/uploads/schema";

/** What a drop or a paste brings: files, or addresses. A folder is neither. */
export type Brought = { things: (File | string)[]; hasFolder: boolean };

type FieldRoom = { fieldId: string; kinds: UploadKind[]; room: number };

/** The addresses a text consists of; none when it says anything else too. */
export function addressesIn(text: string): string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.every((word) => /^(https?:\/\/[^/]|data:\w+\/)/i.test(word)) ? words : [];
}

export function broughtThings(data: DataTransfer): Brought {
  let hasFolder = false;
  const files = [...data.items].flatMap((item) => {
    if (item.kind !== "file") return [];
    if (item.webkitGetAsEntry?.()?.isDirectory) {
      hasFolder = true;
      return [];
    }
    return item.getAsFile() ?? [];
  });
  if (files.length > 0 || hasFolder) return { things: files, hasFolder };
  const links = data
    .getData("text/uri-list")
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n");
  return { things: addressesIn(links || data.getData("text/plain")), hasFolder };
}

/** As far as a name or a type tells; a picture when nothing does. */
function kindOf(thing: File | string): UploadKind {
  const [name, type] = typeof thing === "string" ? [thing.split(/[?#]/, 1)[0] ?? "", ""] : [thing.name, thing.type];
  const inData = /^data:(\w+)\//i.exec(name)?.[1];
  const word = (inData ?? type.split("/", 1)[0] ?? "").toLowerCase();
  return (
    UPLOAD_KINDS.find((kind) => kind === word) ?? UPLOAD_KINDS.find((kind) => NAME_ENDINGS[kind].test(name)) ?? "image"
  );
}

/** The field that takes one more of this kind: the first with room, in the order of the form; else the first that would. */
export function fieldFor<Field extends FieldRoom>(
  fields: readonly Field[],
  kind: UploadKind | null,
): Field | undefined {
  const fitting = fields.filter(({ kinds }) => kind === null || kinds.includes(kind));
  return fitting.find(({ room }) => room > 0) ?? fitting[0] ?? fields[0];
}

/** Which field gets what. What fits nowhere goes where it is refused best. */
export function shareOut(things: (File | string)[], fields: readonly FieldRoom[]): Map<string, (File | string)[]> {
  const left = fields.map((field) => ({ ...field }));
  const shares = new Map<string, (File | string)[]>();
  for (const thing of things) {
    const field = fieldFor(left, kindOf(thing));
    if (!field) continue;
    field.room--;
    shares.set(field.fieldId, [...(shares.get(field.fieldId) ?? []), thing]);
  }
  return shares;
}
