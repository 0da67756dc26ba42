import { useServerNow } from "@/components/result/server-clock";
import type { CountDetails } from "@/lib/errors";

const SECOND_MS = 1_000;

/** Which limit on how many stood in the way, and when the next one is let in. */
export function CountRow({ limit, whose, freeAt }: CountDetails) {
  return (
    <div>
      <dt>The limit</dt>
      <dd>
        <b className="num">{limit}</b> {freeAt === null ? "at once" : "a minute"} for{" "}
        {whose === "visitor" ? "each visitor" : "all visitors together"}.{freeAt !== null && <FreeIn at={freeAt} />}
      </dd>
    </div>
  );
}

function FreeIn({ at }: { at: number }) {
  const now = useServerNow(SECOND_MS);
  const seconds = Math.ceil((at - now) / SECOND_MS);
  if (seconds <= 0) return " The next one can be pressed now.";
  return (
    <>
      {" "}
      The next one can be pressed in{" "}
      <span className="whitespace-nowrap">
        <span className="num">{seconds}</span> s
      </span>
      .
    </>
  );
}
