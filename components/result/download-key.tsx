"use client";

import { type MouseEvent, useRef } from "react";
import { Icon } from "@/components/ui/icon";

const WHY_NOT: Record<number, string> = {
  404: "This clip was deleted, or is not shared any more: there is nothing to download.",
  410: "The link has expired, and there is no copy: nothing is left to download.",
};

type Props = { url: string; isKept: boolean; say: (trouble: string) => void };

/** Saves the file. Where there is no copy of it, whether its link still lives is asked first: an error page saves nothing. */
export function DownloadKey({ url, isKept, say }: Props) {
  const wasAsked = useRef(false);
  const ask = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (isKept || wasAsked.current) return;
    event.preventDefault();
    const link = event.currentTarget;
    const answer = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) {
      say("");
      wasAsked.current = true;
      link.click();
      wasAsked.current = false;
    } else say(WHY_NOT[answer?.status ?? 0] ?? "The file did not arrive; try again in a moment.");
  };
  const href = `${url}${url.includes("?") ? "&" : "?"}download`;
  return (
    <a className="key" href={href} download aria-keyshortcuts="D" data-shortcut="d" onClick={ask}>
      <Icon name="save" />
      Download
      <span className="cap" aria-hidden="true">
        D
      </span>
    </a>
  );
}
