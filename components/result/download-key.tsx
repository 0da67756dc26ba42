"use client";

import { type MouseEvent, useRef } from "react";
import { Icon } from "@/components/ui/icon";
import type { Generation } from "@/lib/generations/schema";

type Props = { output: Generation["outputs"][number]; say: (trouble: string) => void };

/** Saves the file. Where there is no copy of it, whether its link still lives is asked first: an error page saves nothing. */
export function DownloadKey({ output, say }: Props) {
  const wasAsked = useRef(false);
  const ask = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (output.keep.state === "kept" || wasAsked.current) return;
    event.preventDefault();
    const link = event.currentTarget;
    const answer = await fetch(output.url, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) {
      say("");
      wasAsked.current = true;
      link.click();
      wasAsked.current = false;
    } else if (answer?.status === 410) say("The link has expired, and there is no copy: nothing is left to download.");
    else say("The file did not arrive; try again in a moment.");
  };
  return (
    <a className="key" href={`${output.url}?download`} download aria-keyshortcuts="D" data-shortcut="d" onClick={ask}>
      <Icon name="save" />
      Download
      <span className="cap" aria-hidden="true">
        D
      </span>
    </a>
  );
}
