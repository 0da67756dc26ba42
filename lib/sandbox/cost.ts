import "server-only";
import type { Model } from "@/lib/models/schema";

const secondsOf = (value: unknown): number | null => {
  const seconds = typeof value === "string" ? Number.parseFloat(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0 ? seconds : null;
};

/** The length an input asks for in seconds: its `duration`, else the schema's default, else the example's, else 5. */
export const durationOf = (model: Model, input: Record<string, unknown>): number =>
  secondsOf(input.duration) ??
  secondsOf(model.inputSchema.properties?.duration?.default) ??
  secondsOf(model.example?.duration) ??
  5;

/** Millionths: what the model's documented example costs, by length. 0 when its page prints no cost. */
export function estimateCost(model: Model, input: Record<string, unknown>): number {
  const exampleSeconds = secondsOf(model.example?.duration) ?? durationOf(model, {});
  const exampleCost = Math.round((model.exampleCost ?? 0) * 1e6);
  return Math.ceil((exampleCost * durationOf(model, input)) / exampleSeconds);
}
