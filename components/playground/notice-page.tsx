import type { ReactNode } from "react";
import { BrandMark } from "@/components/playground/brand-mark";

type Props = { title: string; children: ReactNode; action: ReactNode };

/** A page that has one thing to say and one way on. */
export function NoticePage({ title, children, action }: Props) {
  return (
    <div className="app">
      <header className="top">
        <div className="top__id">
          <a className="brand" href="/" aria-label="MindVideo Playground">
            <BrandMark />
            <span aria-hidden="true">
              MindVideo <b>Playground</b>
            </span>
          </a>
        </div>
      </header>
      <main className="notice-page">
        <h1>{title}</h1>
        <p>{children}</p>
        {action}
      </main>
    </div>
  );
}
