"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { createPressGate } from "@/components/playground/press-gate";
import { quoted } from "@/components/uploads/file-check";
import { useUploadQueue } from "@/components/uploads/uploads-provider";

/** The form takes what has arrived within a frame or two. Should it never say so, the press must not hang. */
const SETTLED_AFTER_MS = 5_000;

const FRAMES_TO_DRAW = 60;

/** What becomes of a file is drawn when there is time, so its tile may not say yet that it failed. */
function onceDrawn(id: string, act: (id: string) => void, frames = FRAMES_TO_DRAW) {
  if (document.getElementById(id)) act(id);
  else if (frames > 0) requestAnimationFrame(() => onceDrawn(id, act, frames - 1));
}

export type UploadWait = {
  isWaiting: boolean;
  /** What the last press of Generate could not do, and how to go on. */
  problem: string | null;
};

type Hands = {
  press: () => void;
  /** Another recipe is filled in: what waits was pressed for the one before, and must not pay for this one. */
  drop: () => void;
};

/**
 * A press of Generate while files are on their way waits for them; the next one stops waiting, and so does taking one of
 * them away. A file that did not arrive stops the first press, which says so and sends nothing; the second goes on
 * without it.
 */
export function useUploadWait(submit: () => void, reveal: (id: string) => void): UploadWait & Hands {
  const queue = useUploadQueue();
  const [isWaiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isNewPress] = useState(createPressGate);
  const said = useRef<readonly string[]>([]);

  const go = (isAnswer: boolean) => {
    setWaiting(false);
    const failures = queue.failures();
    const [first, ...more] = failures.filter(({ id }) => !said.current.includes(id));
    if (!first) return submit();
    said.current = failures.map(({ id }) => id);
    const names = more.length === 0 ? quoted(first.name) : `${quoted(first.name)} and ${more.length} more`;
    setProblem(
      `${names} did not arrive, so nothing was sent. Try it again or remove it, or generate again to go on without it.`,
    );
    // Who has gone on to something else while it waited is left there.
    const isElsewhere = document.activeElement?.matches("textarea, input, select");
    if (isAnswer || !isElsewhere) onceDrawn(`file-${first.id}`, reveal);
  };
  const stop = (why: string) => {
    setWaiting(false);
    setProblem(why);
  };
  // What was pressed is no longer what is there, and only the person knows whether it is still wanted.
  const onTakenAway = useEffectEvent(() =>
    stop("A file was taken away while Generate waited, so nothing was sent. Generate again when it is right."),
  );
  const onRest = useEffectEvent(() => {
    if (queue.counts().isSettled) go(false);
    else stop("A file arrived and did not get into the form, so nothing was sent. Remove it and add it again.");
  });

  useEffect(() => {
    if (!isWaiting) return;
    let timer: ReturnType<typeof setTimeout>;
    const before = queue.counts().takenAway;
    const look = () => {
      const { running, isSettled, takenAway } = queue.counts();
      clearTimeout(timer);
      if (takenAway > before) onTakenAway();
      else if (running === 0) timer = setTimeout(onRest, isSettled ? 0 : SETTLED_AFTER_MS);
    };
    look();
    const leave = queue.subscribe(look);
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [isWaiting, queue]);

  const press = () => {
    const { running, failed, isSettled } = queue.counts();
    setProblem(null);
    if (running + failed === 0 && isSettled && !isWaiting) return submit();
    // A double click is one press here too: it must not stop what it began.
    if (!isNewPress(performance.now())) return;
    if (isWaiting) return setWaiting(false);
    if (running === 0 && isSettled) return go(true);
    // One that is tried again is spoken of again.
    const failures = queue.failures();
    said.current = said.current.filter((id) => failures.some((failure) => failure.id === id));
    setWaiting(true);
  };

  const drop = () => {
    setWaiting(false);
    setProblem(null);
  };

  return { isWaiting, problem, press, drop };
}
