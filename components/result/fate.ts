import { costText } from "@/components/result/duration";
import { isUnwatched, type Shown } from "@/components/result/shown";
import { type CountDetails, ERROR_TEXT, type LimitDetails } from "@/lib/errors";
import type { Generation } from "@/lib/generations/schema";

/** What the card in the frame's place says and offers. */
export type Fate = {
  title: string;
  happened: string;
  /** What MindVideo said itself; null when it said nothing, or nothing more than the title. */
  told: string | null;
  charged: { answer: string; more: string | null };
  next: string;
  actions: FateAction[];
  /** The limit on money that stood in the way. */
  limit?: LimitDetails;
  /** The limit on how many at once, or a minute, that did. */
  count?: CountDetails;
};

export type FateAction =
  | "edit"
  | "again"
  | "use"
  | "check"
  | "leave"
  | "look"
  | "send"
  | "discard"
  | "reload"
  | "enter";

const LEFT: Record<"unsent" | "outdated" | "locked", Fate> = {
  unsent: {
    title: "This press was not sent.",
    happened: "The server did not confirm it before the page was closed or gave up, so it was kept in this browser.",
    told: null,
    charged: { answer: "Nothing, as far as this page knows.", more: null },
    next: "Send it now, or discard it. It keeps its number, so sending it cannot pay for it twice.",
    actions: ["send", "discard", "use"],
  },
  outdated: {
    title: "A new version is here.",
    happened: "This page is older than the server, which does not understand it any more. Your press is kept.",
    told: null,
    charged: { answer: "Nothing was charged.", more: "It was not sent." },
    next: "Reload the page. The press is sent then, and what you typed is still there.",
    actions: ["reload"],
  },
  locked: {
    title: "This playground asks for its code.",
    happened: "The code was changed, or your entry has run out. Your press is kept in this browser.",
    told: null,
    charged: { answer: "Nothing was charged.", more: "It was not sent." },
    next: "Enter the code: the press is sent then, and what is rendering goes on meanwhile.",
    actions: ["enter", "discard"],
  },
};

/**
 * The whole story of something that did not end in a clip; null for what runs or is done. `upstreamName` is who renders: the
 * sandbox is called what it is.
 */
export function fateOf({ generation, origin }: Shown, upstreamName = "MindVideo"): Fate | null {
  if (origin === "unsent" || origin === "outdated" || origin === "locked") return LEFT[origin];
  const fate = isUnwatched(generation) ? stoppedFate(generation) : endOf(generation);
  if (!fate) return null;
  return upstreamName === "MindVideo" ? fate : inSandbox(fate, upstreamName);
}

/** What MindVideo could charge for, the sandbox only counts. */
const OF_COSTS = /,? and charge for it| If MindVideo no longer knows it, it may cost a second time\./g;

/** The sentences are written about MindVideo; in the sandbox they are about the sandbox, which costs nothing. */
function inSandbox(fate: Fate, name: string): Fate {
  const first = name.charAt(0).toUpperCase() + name.slice(1);
  const said = (text: string) =>
    text
      .replace(OF_COSTS, "")
      .replace(/(^|[.!?:] )MindVideo/g, `$1${first}`)
      .replaceAll("MindVideo", name);
  return {
    ...fate,
    title: said(fate.title),
    happened: said(fate.happened),
    charged: { answer: "Nothing was charged.", more: "Nothing costs anything in the sandbox." },
    next: said(fate.next),
  };
}

function stoppedFate({ costEstimate }: Generation): Fate {
  return {
    title: "You stopped watching this one.",
    happened:
      "MindVideo took the job and has not ended it. It may still finish it, and charge for it. This page no longer waits for it, and it no longer counts as running.",
    told: null,
    charged: { answer: "Not known yet.", more: estimateText(costEstimate) },
    next: "“Look again” asks once how it stands. Should it have ended well, the clip is shown here.",
    actions: ["look", "use"],
  };
}

function endOf({ status, error, costActual, costEstimate }: Generation): Fate | null {
  if (status !== "failed" && status !== "cancelled" && status !== "unconfirmed") return null;
  const fallback =
    status === "cancelled" ? "task_cancelled" : status === "unconfirmed" ? "not_confirmed" : "task_failed";
  const text = ERROR_TEXT[error?.code ?? fallback];
  const wasLetBe = status === "failed" && error?.code === "not_confirmed";
  return {
    title: text.title,
    happened: text.happened,
    told: error?.message ?? null,
    charged: chargedText(costActual, costEstimate, text.charged),
    limit: error?.details,
    count: error?.count,
    next: wasLetBe ? "You let it be. If MindVideo took it after all, the account’s page there shows it." : text.next,
    actions: actionsOf(status, error?.code ?? fallback, wasLetBe || text.canRetry),
  };
}

function chargedText(actual: number | null, estimate: number | null, charged: false | null): Fate["charged"] {
  if (actual !== null && actual > 0)
    return { answer: `${costText(actual)}.`, more: "That is the cost MindVideo reports." };
  if (actual === 0) return { answer: "Nothing was charged.", more: "MindVideo reports a cost of 0." };
  if (charged === false) return { answer: "Nothing was charged.", more: null };
  return {
    answer: "Not known.",
    more: ["MindVideo reported no cost.", estimateText(estimate)].filter(Boolean).join(" "),
  };
}

const estimateText = (estimate: number | null) =>
  estimate === null ? null : `The estimate was ${costText(estimate)}.`;

function actionsOf(status: string, code: string, canRetry: boolean): FateAction[] {
  if (status === "unconfirmed") return ["check", "leave"];
  if (code === "no_visitor") return ["reload"];
  if (["changed_payload", "unknown_model", "file_missing"].includes(code)) return ["use"];
  return canRetry ? ["again", "use"] : ["edit"];
}
