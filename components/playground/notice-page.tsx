import type { ReactNode } from "react";
import { Brand } from "@/components/playground/brand";

type Props = { title: string; children: ReactNode; action: ReactNode };

/** A page that has one thing to say and one way on. */
export function NoticePage({ title, children, action }: Props) {
  return (
    <div className="app">
      <header className="top">
        <div className="top__id">
          <Brand />
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
