import { costText, spanText } from "@/components/result/duration";
import { useServerNow } from "@/components/result/server-clock";
import type { LimitDetails } from "@/lib/errors";

const MINUTE_MS = 60_000;

/** How the limit stands that stood in the way, and when it begins anew, by the clock on the wall. */
export function LimitRow({ limit, spent, reserved, resetsAt }: LimitDetails) {
  const now = useServerNow(MINUTE_MS);
  return (
    <div>
      <dt>The limit</dt>
      <dd>
        <b className="num">{costText(limit)}</b> a day, set by the owner of this playground.{" "}
        <span className="num">{costText(spent)}</span> is spent
        {reserved > 0 && (
          <>
            {" "}
            and <span className="num">{costText(reserved)}</span> held for what is running, which may cost more, or less
            and leave room
          </>
        )}
        .{spent > limit && " What was running when the limit was reached ended above it."} It begins anew at{" "}
        <span className="whitespace-nowrap">{clockTimeText(resetsAt)}</span>, in{" "}
        <span className="whitespace-nowrap">{spanText(resetsAt - now)}</span>.
      </dd>
    </div>
  );
}

/** "01:00 GMT+1": a limit follows UTC, a person does not. */
const clockTimeText = (at: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" }).format(at);
