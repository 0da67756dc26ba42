import { CodeForm } from "@/components/access/code-form";
import { Brand } from "@/components/playground/brand";
import type { enterCode } from "@/lib/visitors/actions";

type Props = { to: string; enter: typeof enterCode };

/** The code page: the form where the recipe is otherwise, and a picture that says what is behind the door. */
export function Gate({ to, enter }: Props) {
  return (
    <div className="gate">
      <div className="gate__panel">
        <header className="gate__top">
          <Brand />
        </header>
        <main className="gate__main">
          <h1>This playground opens with a code.</h1>
          <p>Whoever sent you the link has it. You stay unlocked in this browser for thirty days.</p>
          <CodeForm to={to} enter={enter} />
        </main>
        <footer className="gate__foot">Made with MindVideo’s models.</footer>
      </div>
      <div className="gate__picture" aria-hidden="true">
        {/* biome-ignore lint/performance/noImgElement: one still of one size; nothing is left to be optimised. */}
        <img src="/sample/lighthouse-large.webp" alt="" width={1600} height={900} />
      </div>
    </div>
  );
}
