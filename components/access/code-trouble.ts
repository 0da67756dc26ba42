import type { CodeAnswer } from "@/lib/visitors/schema";

const seconds = (count: number) => (count === 1 ? "1 second" : `${count} seconds`);

/** What the code page says about a try; null when there is nothing to say. */
export function codeTrouble({ problem, waitSeconds }: CodeAnswer): string | null {
  const wait = waitSeconds > 0 ? ` The next try is taken in ${seconds(waitSeconds)}.` : "";
  switch (problem) {
    case "empty":
      return "Enter the code.";
    case "wrong":
      return `This is not the code.${wait}`;
    case "wait":
      return `Too many wrong codes were tried, so this one was not looked at.${wait}`;
    case "unavailable":
      return "The playground cannot look at it right now. Try again in a moment.";
    case null:
      return null;
  }
}
