import { isLeft, isUnwatched, type Shown } from "@/components/result/shown";

/** Hollow: ready. Hollow signal: queued. Signal: running. Ink: done. Diamond: failed. Never without a word beside it. */
export function Lamp({ shown }: { shown: Shown | null }) {
  return <span className="lamp" data-lamp={lampOf(shown)} aria-hidden="true" />;
}

function lampOf(shown: Shown | null): string {
  if (!shown || isLeft(shown) || isUnwatched(shown.generation)) return "off";
  switch (shown.generation.status) {
    case "submitting":
    case "queued":
      return "wait";
    case "processing":
      return "run";
    case "succeeded":
      return "done";
    case "unconfirmed":
      return "off";
    default:
      return "fail";
  }
}
