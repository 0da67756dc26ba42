import { CopyValue } from "@/components/result/copy-value";
import { clockText, costText } from "@/components/result/duration";
import { fileLabel } from "@/components/result/keep-text";
import { KeepValue } from "@/components/result/keep-value";
import { type Cell, settingCells } from "@/components/result/setting-cells";
import type { Generation, Keep } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";

type Props = { generation: Generation; model: Model; upstreamName: string };

/** Everything that was measured about a finished generation; each value copies itself. */
export function Receipt({ generation, model, upstreamName }: Props) {
  const { finishedAt, createdAt, costActual, costEstimate, requestId } = generation;
  const own = (label: string, value: string, isSaid = false): Cell => ({ label, value, isSaid });
  const cells = [own("Model", generation.modelName, true), ...settingCells(model, generation.input)];
  if (finishedAt !== null) cells.push(own("Took", clockText(finishedAt - createdAt), true));
  if (costActual !== null) cells.push(own("Cost", costText(costActual)));
  // Once the cost is known, its estimate is worth a cell only if it was wrong.
  if (costEstimate !== null && costEstimate !== costActual) cells.push(own("Estimate", costText(costEstimate)));
  const keep = leastKept(generation);
  return (
    <dl className="cells">
      {cells.map((cell) => (
        <div key={cell.label} data-said={cell.isSaid || undefined}>
          <dt>{cell.label}</dt>
          <dd>
            <CopyValue label={cell.label} value={cell.value} />
          </dd>
        </div>
      ))}
      {keep && (
        <div>
          <dt>{fileLabel(keep)}</dt>
          <dd>
            <KeepValue keep={keep} upstreamName={upstreamName} />
          </dd>
        </div>
      )}
      {requestId && (
        <div data-spare>
          <dt>Request</dt>
          <dd>
            <CopyValue label="request id" value={requestId} className="copy--id" />
          </dd>
        </div>
      )}
    </dl>
  );
}

const KEPT_LEAST_FIRST: Keep["state"][] = ["link", "pending", "kept"];

/** Of several files what is said is true of all: it is kept when each of them is. */
function leastKept({ outputs }: Generation): Keep | null {
  const keeps = outputs.map(({ keep }) => keep);
  return KEPT_LEAST_FIRST.flatMap((state) => keeps.find((keep) => keep.state === state) ?? [])[0] ?? null;
}
