import { clockText, costText } from "@/components/result/duration";
import { useServerNow } from "@/components/result/server-clock";
import { promptText, settingCells } from "@/components/result/setting-cells";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";

/** What stands in the frame while there is no picture yet. */
export function Slate({ generation, model }: { generation: Generation; model: Model }) {
  // Settings come first on a wide frame; a phone keeps only what the form does not say.
  const cells = settingCells(model, generation.input);
  if (generation.costEstimate !== null) {
    cells.push({ label: "Estimate", value: costText(generation.costEstimate), isSaid: false });
  }
  return (
    <div className="slate">
      <span className="corner" />
      <p className="slate__prompt">{promptText(model, generation) ?? "From your reference images alone."}</p>
      <div className="slate__foot">
        <Timer since={generation.createdAt} />
        <dl className="cells">
          {cells.map((cell) => (
            <div key={cell.label} data-said={cell.isSaid || undefined}>
              <dt>{cell.label}</dt>
              <dd>{cell.value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

// It ticks for the eye only: a screen reader hears the states, not the seconds.
function Timer({ since }: { since: number }) {
  const now = useServerNow(250);
  return (
    <span className="type-timer" role="timer" aria-label="Elapsed" aria-live="off">
      {clockText(now - since)}
    </span>
  );
}
