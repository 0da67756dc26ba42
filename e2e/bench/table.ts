/** `measured` NaN is "could not be measured"; `note` then says why. */
export type Row = { what: string; measured: number; budget: number; unit: string; note?: string };

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const verdictOf = (measured: number, budget: number) =>
  Number.isNaN(measured) ? "NOT MEASURED" : measured > budget ? "OVER" : "within";

const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** The rows as lines of text, each with what is left of its budget. */
export function tableOf(rows: Row[]): string {
  const cells = rows.map(({ what, measured, budget, unit, note }) => [
    what,
    Number.isNaN(measured) ? "-" : `${number(measured)} ${unit}`,
    `${number(budget)} ${unit}`,
    Number.isNaN(measured) ? "-" : (measured / budget).toFixed(2),
    [verdictOf(measured, budget), note].filter(Boolean).join(", "),
  ]);
  const all = [["", "measured", "budget", "ratio", ""], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map(([what = "", ...rest]) =>
      [what.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join("  "),
    )
    .join("\n");
}
