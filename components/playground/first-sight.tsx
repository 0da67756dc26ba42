import type { Example, FirstClip } from "@/components/playground/examples";
import { SampleClip } from "@/components/playground/sample-clip";

type Props = { clip: FirstClip; starters: Example[]; onUse: (input: Record<string, unknown>) => void };

/** What stands on the stage before anything of one's own: a clip that plays, and recipes that fill the form. */
export function FirstSight({ clip, starters, onUse }: Props) {
  return (
    <div className="hello">
      <div className="hello__top">
        <SampleClip clip={clip} />
        <div className="hello__say">
          <h1>
            Describe a shot.
            <br />
            Press Generate.
          </h1>
          <p>It renders here. Refresh, close the tab, come back tomorrow: nothing is lost and nothing is paid twice.</p>
          <div className="hello__ex">
            <p className="facts">
              <span>Example</span>
              {clip.facts.map((fact) => (
                <span key={fact}>{fact}</span>
              ))}
            </p>
            <blockquote>{clip.prompt}</blockquote>
            <button type="button" className="key" onClick={() => onUse(clip.input)}>
              Use this example
            </button>
          </div>
        </div>
      </div>
      {starters.length > 0 && (
        <ul className="starters" aria-label="Examples">
          {starters.map((starter) => (
            <li key={starter.name}>
              <button type="button" className="starter" onClick={() => onUse(starter.input)}>
                <span className="starter__pic">
                  {/* biome-ignore lint/performance/noImgElement: a small static file at its own size */}
                  <img src={starter.still} alt="" loading="lazy" />
                </span>
                <span>
                  <b>{starter.name}</b>
                  <span className="d">{starter.about}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
