import { isRunning } from "@/components/result/shown";
import type { Generation } from "@/lib/generations/schema";
import { STATUS } from "@/lib/generations/transitions";

/** One step of a task. `afterMs` counts from the press; null when nobody said when. */
export type Step = { name: string; afterMs: number | null; state: "past" | "current" | "dead" };

const KNOWN_EVENTS: [RegExp, string][] = [
  [/^(queued?|pending|waiting)$/, "Queued"],
  [/^(processing|running|started|rendering|in[_ -]progress)$/, "Rendering"],
];
// What the row itself says better, with its own time.
const OWN_EVENTS = /^(created?|accepted|submitted|succeeded|success|completed?|done|finished|failed|error|cancell?ed)$/;

function eventName(raw: string): string | null {
  const key = raw
    .trim()
    .toLowerCase()
    .replace(/^task[._ -]/, "");
  if (OWN_EVENTS.test(key)) return null;
  const known = KNOWN_EVENTS.find(([pattern]) => pattern.test(key));
  if (known) return known[1];
  const words = key.replace(/[._-]+/g, " ").slice(0, 32);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What happened to a generation so far, in order: what we did, what MindVideo told, and how it ended.
 * Unknown events keep their own name; the same name twice in a row is one step.
 */
export function stepsOf(generation: Generation): Step[] {
  const since = (at: number | null) => (at === null ? null : Math.max(0, at - generation.createdAt));
  const steps: Step[] = [{ name: "Saved", afterMs: 0, state: "past" }];
  const add = (name: string, at: number | null) => {
    if (steps.at(-1)?.name !== name) steps.push({ name, afterMs: since(at), state: "past" });
  };
  if (generation.acceptedAt !== null) add("Accepted", generation.acceptedAt);
  for (const event of generation.events) {
    const name = eventName(event.name);
    if (name) add(name, event.at);
  }
  const { status } = generation;
  if (status === "submitting") steps.push({ name: "Sending", afterMs: null, state: "past" });
  if (status === "queued" && !steps.some((step) => step.name === "Queued")) add("Queued", null);
  if (status === "processing" && !steps.some((step) => step.name === "Rendering")) add("Rendering", null);
  if (STATUS[status].final || status === "unconfirmed") add(STATUS[status].word, generation.finishedAt);
  const last = steps.at(-1);
  if (last && isRunning(generation)) last.state = "current";
  if (last && (status === "failed" || status === "cancelled")) last.state = "dead";
  return steps;
}
