import "server-only";

/** Next's own limit for what is posted to a page. */
export const MAX_ACTION_BYTES = 1_048_576;
/** More than any input of a form; the code that reads arguments calls itself for each. */
const MAX_DEPTH = 100;
/** Next's own limit for how many there are. */
const MAX_ARGUMENTS = 1_000;

/** What Next and React cannot read they answer with a 500; this says so beforehand, with the status of a bad request. */
export type Unreadable = 400 | 413;

/** Whether an address can be decoded: a percent sign in it must stand for something. */
export function isReadablePath(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with what is posted to a page; null when an action can be called with it. The request can still be read afterwards. */
export async function unreadablePost(request: Request): Promise<Unreadable | null> {
  const type = request.headers.get("content-type") ?? "";
  const isForm = /^\s*multipart\/form-data\b/i.test(type);
  const isCall = request.headers.has("next-action");
  if (!isForm && !isCall) return null;
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== "null" && !URL.canParse(origin)) return 400;
  // Without one Next does not know where to send on what an action leads to.
  if (!request.headers.get("host")) return 400;
  if (Number(request.headers.get("content-length")) > MAX_ACTION_BYTES) return 413;
  try {
    const bytes = await request.clone().arrayBuffer();
    if (bytes.byteLength > MAX_ACTION_BYTES) return 413;
    const parts = isForm ? await partsOf(bytes, type) : new Map([["0", parse(bytes)]]);
    if (isCall && !isArguments(parts)) return 400;
    return null;
  } catch {
    return 400;
  }
}

/** As Next decodes it: a byte order mark is no JSON to it. */
const parse = (bytes: ArrayBuffer): unknown => JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));

// Parts that are called by a number hold JSON, also behind the name of a bound action; all others are a form's own fields.
const MODEL = /^(?:\$ACTION_\d+:)?([0-9a-f]+)$/;

async function partsOf(bytes: ArrayBuffer, type: string): Promise<Map<string, unknown>> {
  const form = await new Response(bytes, { headers: { "Content-Type": type } }).formData();
  const parts = new Map<string, unknown>();
  for (const [name, value] of form) {
    const [, number] = MODEL.exec(name) ?? [];
    if (number !== undefined && typeof value === "string") parts.set(number, JSON.parse(value));
  }
  return parts;
}

// React's own words for what JSON has none for; "$$" is a plain dollar sign, "$K" a form.
const WORD = /^\$(?:\$|undefined$|NaN$|-?Infinity$|-0$|D|n-?\d{1,300}$|K[0-9a-f]{1,8}$)/;
const REFERENCE = /^\$([0-9a-f]{1,8})((?::[^:]+)*)$/;

function isArguments(parts: Map<string, unknown>): boolean {
  const all = parts.get("0");
  if (!Array.isArray(all) || all.length > MAX_ARGUMENTS) return false;
  return [...parts].every(([part, value]) => isValue(value, [part], parts));
}

/** Whether React can make a value of this. `path` is where it stands: its part, then its keys. */
function isValue(value: unknown, path: string[], parts: Map<string, unknown>): boolean {
  if (path.length > MAX_DEPTH) return false;
  if (typeof value === "string") return !value.startsWith("$") || WORD.test(value) || isReference(value, path, parts);
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, item]) => isValue(item, [...path, key], parts));
}

/** What is sent once and meant twice is a reference the second time: to something that is there, and not to what it stands in. */
function isReference(text: string, path: string[], parts: Map<string, unknown>): boolean {
  const [, part = "", keys = ""] = REFERENCE.exec(text) ?? [];
  const wanted = [part, ...keys.split(":").slice(1)];
  if (wanted.every((key, index) => key === path[index])) return false;
  let found = parts.get(part);
  for (const key of wanted.slice(1)) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, key)) return false;
    found = (found as Record<string, unknown>)[key];
  }
  return found !== undefined;
}
