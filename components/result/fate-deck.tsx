import { copyText } from "@/components/result/copy-text";
import { CountRow } from "@/components/result/count-row";
import { clockText } from "@/components/result/duration";
import { type Fate, type FateAction, fateOf } from "@/components/result/fate";
import { Gauge } from "@/components/result/gauge";
import { LimitRow } from "@/components/result/limit-row";
import type { ResultActions } from "@/components/result/result-actions";
import { isUnwatched, type Shown } from "@/components/result/shown";
import { StepList } from "@/components/result/step-list";
import { stepsOf } from "@/components/result/steps";
import { DeleteKey } from "@/components/sharing/delete-key";
import { Icon } from "@/components/ui/icon";
import { type Model, propertiesOf, titleOf } from "@/lib/models/schema";

type Props = { shown: Shown; model: Model; upstreamName: string; actions: ResultActions };

const LABELS: Record<Exclude<FateAction, "edit" | "enter">, string> = {
  again: "Generate again",
  use: "Use these settings",
  check: "Check again",
  leave: "Let it be",
  look: "Look again",
  send: "Send it now",
  discard: "Discard",
  reload: "Reload",
};

/** These wait for each other. What the page does by itself, and a press, never wait for them. */
const WRITES = new Set<FateAction>(["check", "look", "leave"]);

/** What stands in the frame's place, at its size, when there will be no picture, or nobody knows. */
export function FateDeck({ shown, model, upstreamName, actions }: Props) {
  const fate = fateOf(shown, upstreamName);
  if (!fate) return null;
  const { generation, origin } = shown;
  const steps = stepsOf(generation);
  const run: Record<Exclude<FateAction, "enter">, () => void> = {
    edit: () => actions.onEdit(generation),
    again: () => actions.onAgain(generation, generation.input),
    use: () => actions.onUse(generation),
    check: () => actions.onCheckAgain(generation.id),
    look: () => actions.onLookAgain(generation.id),
    leave: () => actions.onLetItBe(generation.id),
    send: () => actions.onSend(generation.id),
    discard: () => actions.onDiscard(generation.id),
    reload: () => location.reload(),
  };
  const field = generation.error?.field;
  const editLabel = field
    ? `Edit the ${titleOf(field, propertiesOf(model.inputSchema, model.inputSchema)[field]).toLowerCase()}`
    : "Edit the prompt";
  return (
    <div className="deck">
      <div className="frame" data-card={origin === "row" ? "" : "alone"}>
        <div className="fate">
          <h2>{fate.title}</h2>
          <FateStory fate={fate} />
          <div className="fate__foot">
            {fate.actions.map((action, index) =>
              action === "enter" ? (
                // A page of its own: everything of this one is kept.
                <a key={action} className="key" href="/access">
                  Enter the code
                </a>
              ) : (
                <button
                  key={action}
                  type="button"
                  className={index === 0 ? "key" : "key key--bare"}
                  // A button that is disabled loses the focus; this one only stops listening.
                  aria-disabled={(actions.isBusy && WRITES.has(action)) || undefined}
                  onClick={() => {
                    if (!actions.isBusy || !WRITES.has(action)) run[action]();
                  }}
                >
                  {action === "edit" ? editLabel : LABELS[action]}
                </button>
              ),
            )}
            <button type="button" className="key key--bare" onClick={() => copyText(detailsText(shown, fate))}>
              Copy details
            </button>
            {origin === "row" && (
              // What it asks is about this one: it does not go on to the next on the stage.
              <DeleteKey
                key={generation.id}
                generation={generation}
                onRemoved={() => actions.onRemoved(generation.id)}
              />
            )}
            {generation.error && (
              <span className="fate__id">
                <span>
                  {generation.error.code}
                  {generation.requestId && ` · ${generation.requestId}`}
                </span>
                {generation.requestId && (
                  <button
                    type="button"
                    className="key key--bare key--small key--icon"
                    aria-label="Copy request id"
                    onClick={() => copyText(generation.requestId ?? "")}
                  >
                    <Icon name="copy" />
                  </button>
                )}
              </span>
            )}
          </div>
        </div>
      </div>
      {origin === "row" && (
        <div className="under">
          <Gauge generation={generation} steps={steps} />
          <p className="told">{endText(shown)}</p>
          <div className="receipt">
            <StepList steps={steps} taskId={generation.taskId} />
          </div>
        </div>
      )}
    </div>
  );
}

function FateStory({ fate }: { fate: Fate }) {
  return (
    <dl>
      <div>
        <dt>What happened</dt>
        <dd>
          {fate.happened}
          {fate.told && <> It said: “{fate.told}”</>}
        </dd>
      </div>
      {fate.limit && <LimitRow {...fate.limit} />}
      {fate.count && <CountRow {...fate.count} />}
      <div>
        <dt>Charged</dt>
        <dd>
          <b>{fate.charged.answer}</b> {fate.charged.more}
        </dd>
      </div>
      <div>
        <dt>What to do</dt>
        <dd>{fate.next}</dd>
      </div>
    </dl>
  );
}

function endText({ generation }: Shown): string {
  if (isUnwatched(generation)) return "It is not asked about any more, unless you look again or load this page anew.";
  if (generation.status === "unconfirmed") return "Nothing is sent again by itself. You decide.";
  if (generation.finishedAt === null) return "This is final; nothing will be sent again by itself.";
  const tookMs = generation.finishedAt - generation.createdAt;
  const when = tookMs < 1000 ? "at once" : `after ${clockText(tookMs)}`;
  return `Stopped ${when}. This is final; nothing will be sent again by itself.`;
}

/** All that somebody who is asked for help needs, and nothing secret. */
function detailsText({ generation }: Shown, fate: Fate): string {
  const lines = [
    fate.title,
    fate.happened,
    fate.told,
    `model: ${generation.model}`,
    `generation: ${generation.id}`,
    generation.taskId && `task: ${generation.taskId}`,
    generation.requestId && `request: ${generation.requestId}`,
    generation.error && `code: ${generation.error.code}`,
    `pressed: ${new Date(generation.createdAt).toISOString()}`,
  ];
  return lines.filter(Boolean).join("\n");
}
