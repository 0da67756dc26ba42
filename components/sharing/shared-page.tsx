import type { CSSProperties } from "react";
import { Brand } from "@/components/playground/brand";
import type { Theme } from "@/components/playground/theme";
import { ThemeToggle } from "@/components/playground/theme-toggle";
import { clockText } from "@/components/result/duration";
import { settingCells } from "@/components/result/setting-cells";
import { LookAgainKey } from "@/components/sharing/look-again-key";
import { OwnerKeys } from "@/components/sharing/owner-keys";
import { SharedDeck } from "@/components/sharing/shared-deck";
import { isFinal } from "@/lib/generations/transitions";
import { askedRatio } from "@/lib/models/rules";
import type { SharedView } from "@/lib/shares/queries";

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** One clip on a page of its own: the picture right, what it was made of left. A guest can look, and nothing else. */
export function SharedPage({ view, theme }: { view: SharedView; theme: Theme }) {
  const { model, modelName, input, output, own } = view;
  const ratio = (model && askedRatio(model, input)) ?? 16 / 9;
  const cells = [
    { label: "Model", value: modelName },
    ...(model ? settingCells(model, input) : []),
    ...(view.tookMs === null ? [] : [{ label: "Took", value: clockText(view.tookMs) }]),
  ];
  return (
    <div className="app">
      <header className="top">
        <div className="top__id">
          <Brand />
        </div>
        <div className="top__go">
          <ThemeToggle initial={theme} />
        </div>
      </header>
      <main className="shared">
        <section className="panel" aria-label="What it was made of">
          <div className="subbar">
            <h1 className="panel__name">{own ? "Your clip" : "A shared clip"}</h1>
          </div>
          <div className="shared__made">
            {view.prompt ? (
              <p className="shared__prompt">{view.prompt}</p>
            ) : (
              <p className="told">Made from pictures, without a prompt.</p>
            )}
            <Pictures paths={view.pictures} />
            <p className="told">
              {output ? "Made" : "Begun"} on {DATE.format(view.madeAt)} with {modelName}.
            </p>
          </div>
          <div className="shared__foot">
            {own && <OwnerKeys generation={own} model={model} />}
            <a className="key key--bare" href="/">
              Go to the playground
            </a>
          </div>
        </section>
        <section className="stage" aria-label="Result" style={{ "--ratio": ratio } as CSSProperties}>
          <div className="subbar" />
          <div className="canvas">
            {output ? (
              <SharedDeck output={output} alt={view.prompt ?? "Generated image"}>
                <dl className="cells">
                  {cells.map(({ label, value }) => (
                    <div key={label}>
                      <dt>{label}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              </SharedDeck>
            ) : (
              <Nothing isOver={isFinal(view.status)} />
            )}
          </div>
        </section>
      </main>
    </div>
  );
}

function Pictures({ paths }: { paths: string[] }) {
  if (paths.length === 0) return null;
  return (
    <ul className="shared__pictures" aria-label="Reference images">
      {paths.map((path, index) => (
        <li key={path}>
          {/* biome-ignore lint/performance/noImgElement: it comes from our own route, small already */}
          <img src={path} alt={`Reference ${index + 1}`} />
        </li>
      ))}
    </ul>
  );
}

function Nothing({ isOver }: { isOver: boolean }) {
  return (
    <div className="deck">
      <div className="frame" data-card>
        <div className="fate">
          <h2>{isOver ? "This one did not become a clip." : "This clip is still being made."}</h2>
          <p className="told">
            {isOver ? "There is nothing to watch here." : "It takes some minutes; the address stays the same."}
          </p>
          {!isOver && (
            <div className="fate__foot">
              <LookAgainKey />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
