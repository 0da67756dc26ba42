"use client";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/icon";

type DisclosureProps = {
  id: string;
  name: string;
  /** A few words about what is inside, for the eye, while it is folded. */
  summary?: string;
  isOpen: boolean;
  onToggle: () => void;
  children: ReactNode;
};

/** A section that folds. What is inside stays in the page, so that nothing typed there is lost. */
export function Disclosure({ id, name, summary, isOpen, onToggle, children }: DisclosureProps) {
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={onToggle}
        className={`mx-4 flex flex-none items-center gap-2 border-line border-t text-left type-label ${isOpen ? "h-10" : "h-[52px]"}`}
      >
        <Icon
          name="right"
          className={`-ml-1 text-ink-2 transition-transform duration-(--m-base) ease-(--ease) ${isOpen ? "rotate-90" : ""}`}
        />
        {name}
        {summary && !isOpen && (
          <span aria-hidden="true" className="ml-auto truncate type-micro text-ink-3">
            {summary}
          </span>
        )}
      </button>
      <div id={id} hidden={!isOpen} className="flex-none *:first:border-t-0 *:first:pt-0">
        {children}
      </div>
    </>
  );
}
