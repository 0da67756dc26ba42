import "server-only";
import { frameRatio } from "@/lib/models/rules";
import { type Model, propertiesOf } from "@/lib/models/schema";

const SHORT_SIDE_DEFAULT = 720;
const SHORT_SIDES: Record<string, number> = { "2k": 1440, "4k": 2160 };
/** Whatever a schema asks for, the sandbox draws nothing a browser could not play. */
const SIDE_MAX = 2160;
const SIDE_MIN = 144;
const RATIO_MAX = 4;

const shortSideOf = (value: unknown): number | null => {
  if (typeof value !== "string") return null;
  const named = SHORT_SIDES[value.toLowerCase()];
  if (named) return named;
  const lines = /^(\d{3,4})p$/i.exec(value)?.[1];
  return lines ? Math.min(SIDE_MAX, Math.max(SIDE_MIN, Number(lines))) : null;
};

const even = (value: number) => Math.max(2, Math.round(value / 2) * 2);

/**
 * The size of a clip in pixels, both even. The short side is the resolution's number; the ratio is the first picture's
 * (`pictureRatio`, width by height), else the one asked for (design section 6).
 */
export function frameSize(
  model: Model,
  input: Record<string, unknown>,
  pictureRatio: number | null,
): { width: number; height: number } {
  const properties = propertiesOf(model.inputSchema, model.inputSchema);
  const asked = Object.keys(properties).map((name) => shortSideOf(input[name] ?? properties[name]?.default));
  const short = asked.find((side) => side !== null) ?? SHORT_SIDE_DEFAULT;
  const ratio = Math.min(RATIO_MAX, Math.max(1 / RATIO_MAX, pictureRatio ?? frameRatio(model, input)));
  return ratio >= 1
    ? { width: even(short * ratio), height: even(short) }
    : { width: even(short), height: even(short / ratio) };
}
