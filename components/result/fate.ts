import { costText } from "@/components/result/duration";
import type { Shown } from "@/components/result/shown";
import { ERROR_TEXT } from "@/lib/errors";

/** What the card in the frame's place says and offers. */
export type Fate = {
  title: string;
  happened: string;
  /** What MindVideo said itself; null when it said nothing, or nothing more than the title. */
  told: string | null;
  charged: { answer: string; more: string | null };
  next: string;
  actions: FateAction[];
};

export type FateAction = "edit" | "again" | "use" | "check" | "leave" | "send" | "discard" | "reload";

const LEFT: Record<"unsent" | "outdated", Fate> = {
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
};

/** The whole story of something that did not end in a clip; null for what runs or is done. */
export function fateOf({ generation, origin }: Shown): Fate | null {
  const { status, error, costActual, costEstimate } = generation;
  if (origin === "unsent" || origin === "outdated") return LEFT[origin];
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
    next: wasLetBe ? "You let it be. If MindVideo took it after all, the account's page there shows it." : text.next,
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
    more: `MindVideo reported no cost.${estimate === null ? "" : ` The estimate was ${costText(estimate)}.`}`,
  };
}

function actionsOf(status: string, code: string, canRetry: boolean): FateAction[] {
  if (status === "unconfirmed") return ["check", "leave"];
  if (["changed_payload", "unknown_model", "file_missing"].includes(code)) return ["use"];
  return canRetry ? ["again", "use"] : ["edit"];
}
