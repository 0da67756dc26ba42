/**
 * Stands in for the package with which RJSF compares, 2.5 KB over the wire. What a form holds is JSON; beside it its props
 * carry functions, which RJSF wants taken as equal, elements, and things like files, which equal only themselves.
 */
export const createCustomEqual = () => equals;

// What rendered an element, in development: it leads to everything, and back to itself.
const OWNER = "_owner";

function equals(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "function") return typeof b === "function";
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key === OWNER || (Object.hasOwn(b, key) && equals(a[key], b[key])))
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
