"use client";

import type { CSSProperties } from "react";
import { Still } from "@/components/history/still";
import { ageText, clockText } from "@/components/result/duration";
import { Lamp } from "@/components/result/lamp";
import { gaugeMs } from "@/components/result/ruler";
import { useServerNow } from "@/components/result/server-clock";
import { hasEnded, type Shown, wordOf } from "@/components/result/shown";
import { Icon } from "@/components/ui/icon";

const MINUTE_MS = 60_000;

type Props = { shown: Shown; title: string; length: string | null; isCurrent: boolean; onShow: (id: string) => void };

/** One cell of the filmstrip: a still, or the state it is in. Pictures are contained, never cropped. */
export function Shot({ shown, title, length, isCurrent, onShow }: Props) {
  const { generation } = shown;
  const now = useServerNow(MINUTE_MS);
  const age = ageText(now - generation.createdAt);
  const word = wordOf(shown);
  return (
    <button
      type="button"
      className="shot"
      aria-current={isCurrent || undefined}
      title={title}
      onClick={() => onShow(generation.id)}
    >
      <span className="sr-only">{`${word}: ${title}, ${age === "now" ? "just now" : `${age} ago`}${generation.parentId ? ", continues another clip" : ""}`}</span>
      <span className="shot__pic" aria-hidden="true">
        <ShotPicture shown={shown} word={word} />
      </span>
      <span className="shot__cap" aria-hidden="true">
        {length && <b>{length}</b>}
        <span suppressHydrationWarning>{age}</span>
        {(generation.parentId || generation.favorite) && (
          <span className="shot__marks">
            {generation.parentId && <Icon name="link" />}
            {generation.favorite && <Icon name="star" className="fill-current" />}
          </span>
        )}
      </span>
    </button>
  );
}

function ShotPicture({ shown, word }: { shown: Shown; word: string }) {
  const { generation } = shown;
  if (!hasEnded(shown)) return <ShotRunning shown={shown} word={word} />;
  if (generation.status === "succeeded") {
    const output = generation.outputs.find(({ kind }) => kind === "video") ?? generation.outputs[0];
    return output ? <Still output={output} /> : <span className="shot__end">Done</span>;
  }
  const hasFailed = generation.status === "failed";
  return (
    <span className="shot__end" data-failed={hasFailed || undefined}>
      <Icon name={hasFailed ? "alert" : "clock"} />
      {word}
    </span>
  );
}

function ShotRunning({ shown, word }: { shown: Shown; word: string }) {
  const now = useServerNow(1000);
  const elapsed = Math.max(0, now - shown.generation.createdAt);
  return (
    <span className="shot__run">
      <span>
        <Lamp shown={shown} />
        {shown.generation.status === "processing" ? clockText(elapsed) : word}
      </span>
      <span className="mini" style={{ "--at": elapsed / gaugeMs(elapsed) } as CSSProperties}>
        <s />
      </span>
    </span>
  );
}
