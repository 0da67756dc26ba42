/**
 * What a person typed as a number. Nothing gives undefined; what is no number comes back as it was typed, so that it
 * can be called wrong instead of being lost. A decimal comma and full-width digits are understood.
 */
export function parseNumber(typed: string): number | string | undefined {
  const text = typed.normalize("NFKC").trim();
  if (text === "") return undefined;
  const plain = text.replace(/^([+-]?\d*),(\d+)$/, "$1.$2").replace("−", "-");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : typed;
}
