import { firstFrameField } from "@/components/frames/picture-fields";
import { Gauge } from "@/components/result/gauge";
import { NotifyButton } from "@/components/result/notify-button";
import type { ResultActions } from "@/components/result/result-actions";
import { hasEnded, type Shown } from "@/components/result/shown";
import { Slate } from "@/components/result/slate";
import { StepList } from "@/components/result/step-list";
import { stepsOf } from "@/components/result/steps";
import { StopKey } from "@/components/result/stop-key";
import { DeleteKey } from "@/components/sharing/delete-key";
import type { Model } from "@/lib/models/schema";

type Props = { shown: Shown; model: Model; upstreamName: string; actions: ResultActions };

/** The deck while there is no picture: slate, gauge, steps. Each of them stands where its successor will. */
export function WaitingDeck({ shown, model, upstreamName, actions }: Props) {
  const { generation } = shown;
  const steps = stepsOf(generation);
  return (
    <div className="deck">
      <div className="frame">
        <Slate generation={generation} model={model} />
      </div>
      <div className="under" data-continues={firstFrameField(model) ? true : undefined}>
        <Gauge generation={generation} steps={steps} />
        <p className="told">{toldText(shown, upstreamName)}</p>
        <div className="receipt">
          <StepList steps={steps} taskId={generation.taskId} />
          <div className="acts">
            <StopKey generation={generation} actions={actions} />
            {shown.origin === "row" && (
              // What it asks is about this one: it does not go on to the next on the stage.
              <DeleteKey
                key={generation.id}
                generation={generation}
                onRemoved={() => actions.onRemoved(generation.id)}
              />
            )}
            <NotifyButton />
          </div>
        </div>
      </div>
    </div>
  );
}

function toldText({ generation, origin }: Shown, upstreamName: string): string {
  if (hasEnded({ generation, origin })) return "What became of it is on its way to this page.";
  if (origin === "sending") return "On its way to the server. It is kept in this browser until it arrives.";
  if (generation.status === "submitting") return `Handing it over to ${upstreamName}. You can close this tab.`;
  const place = generation.status === "queued" ? "Waiting its turn" : "Rendering";
  const where = upstreamName === "the sandbox" ? "in the sandbox" : `at ${upstreamName}`;
  return `${place} ${where}. You can close this tab; it finishes without you.`;
}
