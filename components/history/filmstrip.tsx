import { Shot } from "@/components/history/shot";
import { promptText, settingCells } from "@/components/result/setting-cells";
import { hasEnded, type Shown } from "@/components/result/shown";
import type { Model } from "@/lib/models/schema";

const GHOSTS = ["a", "b", "c", "d"];

type Props = { items: Shown[]; currentId: string | null; model: Model; news: string; onShow: (id: string) => void };

/** The visitor's recent generations, newest first, whatever their state, with the presses still on their way. */
export function Filmstrip({ items, currentId, model, news, onShow }: Props) {
  const running = items.filter((shown) => !hasEnded(shown)).length;
  return (
    <section className="strip" aria-label="Filmstrip">
      <div className="strip__head">
        <h2 id="recent">Recent</h2>
        {running > 0 && <span>{running} running</span>}
        {/* What ends off stage is told here; what is on stage is told there. */}
        <p className="sr-only" aria-live="polite">
          {news}
        </p>
      </div>
      <ul className="film" aria-label="Recent generations">
        {items.length === 0 && <EmptyFilm />}
        {items.map((shown) => (
          <li key={shown.generation.id}>
            <Shot
              shown={shown}
              title={promptText(model, shown.generation) ?? "From reference images"}
              length={settingCells(model, shown.generation.input).find(({ value }) => / s$/.test(value))?.value ?? null}
              isCurrent={shown.generation.id === currentId}
              onShow={onShow}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function EmptyFilm() {
  return (
    <>
      {GHOSTS.map((key) => (
        <li key={key} className="ghost" aria-hidden="true" />
      ))}
      <li className="film__say">Every clip you make lines up here, running or done.</li>
    </>
  );
}
