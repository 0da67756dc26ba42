"use client";

import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Continues } from "@/components/frames/continues";
import { Filmstrip } from "@/components/history/filmstrip";
import { finishText } from "@/components/history/finish";
import { tellOutside } from "@/components/history/tell-outside";
import { useFinish } from "@/components/history/use-finish";
import { firstClipOf, startersOf } from "@/components/playground/examples";
import { FirstSight } from "@/components/playground/first-sight";
import { FormPanel, type FormPanelHandle } from "@/components/playground/form-panel";
import { createPressGate } from "@/components/playground/press-gate";
import { newPressId } from "@/components/playground/press-id";
import { refusalsOf } from "@/components/playground/refusals";
import { Remark } from "@/components/playground/remark";
import { neighbourOf, stageAfterFinish, stageItems, withRefusal } from "@/components/playground/stage-items";
import { useGenerationActions } from "@/components/playground/use-generation-actions";
import { useGenerations } from "@/components/playground/use-generations";
import { usePictures } from "@/components/playground/use-pictures";
import { usePresses } from "@/components/playground/use-presses";
import { familyOf, titleOfClip } from "@/components/result/family";
import { Result } from "@/components/result/result";
import { promptText } from "@/components/result/setting-cells";
import { pressAsShown, type Shown } from "@/components/result/shown";
import { usePreparedEnd } from "@/components/result/use-ended-deck";
import { onRemovedElsewhere } from "@/components/sharing/removals-elsewhere";
import type { Generation } from "@/lib/generations/schema";
import { isFinal, STATUS } from "@/lib/generations/transitions";
import type { Model } from "@/lib/models/schema";
import type { SpendView } from "@/lib/spend/schema";

type Props = { model: Model; isSandbox: boolean; recent: Generation[]; spend: SpendView };

/** Recipe, stage and filmstrip, and what passes between them. */
export function Workbench({ model, isSandbox, recent, spend }: Props) {
  const form = useRef<FormPanelHandle>(null);
  // Apart, because one may press by itself once a file has arrived: neither is then taken for the other's double click.
  const [isNewPress] = useState(createPressGate);
  const [isNewAgain] = useState(createPressGate);
  const [isNewDiscard] = useState(createPressGate);
  const [stageId, setStageId] = useState<string | null>(recent[0]?.id ?? null);
  const [refused, setRefused] = useState<Shown[]>([]);
  const [news, setNews] = useState("");
  const [note, setNote] = useState("");
  const { generations, trouble, show, remove, find } = useGenerations(recent);
  const { pending, isOutdated, sender } = usePresses({
    onRow: (generation) => show([generation]),
    onElsewhere: (id) => void find(id),
    // Until the next press, which is the visitor's answer to it.
    onRefusal: (press, error) =>
      setRefused((before) => withRefusal(before, pressAsShown(press, model.name, "refused", error))),
  });

  const { parentage, onContinue, onPicture } = usePictures(model, form);

  const items = useMemo(
    () => stageItems(generations, pending, refused, model.name),
    [generations, pending, refused, model.name],
  );
  usePreparedEnd(items.length > 0);
  const onStage = items.find(({ generation }) => generation.id === stageId) ?? null;

  useEffect(() => {
    // What this browser was sending when the page was left is newer than anything the server rendered; what it could
    // not send waits for a decision.
    const { pending } = sender.state();
    const last = pending.findLast(({ state }) => state === "sending") ?? pending.at(-1);
    if (last) setStageId(last.press.id);
  }, [sender]);

  const showOnStage = (id: string) => {
    setStageId(id);
    setNote("");
    // One column: the stage is on top, and the press was made further down.
    if (matchMedia("(max-width: 720px)").matches) scrollTo({ top: 0, behavior: "smooth" });
  };

  const press = (input: Record<string, unknown>, parentId: string | null) => {
    const id = newPressId();
    setRefused([]);
    showOnStage(id);
    sender.press({ id, model: model.slug, input, parentId, at: Date.now() });
  };

  useFinish(generations, (generation) => {
    const text = finishText(STATUS[generation.status].word, promptText(model, generation));
    if (generation.id !== stageId) setNews(text);
    setStageId((current) => stageAfterFinish(current, generation.id));
    void tellOutside(generation.id, text, null, () => setStageId(generation.id));
  });

  const onShortcut = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    if (!event.repeat) form.current?.submit();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onShortcut(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);

  const leave = (id: string) => {
    const title = titleOfClip(items, id, model);
    remove(id);
    if (id === stageId) setStageId(neighbourOf(items, id));
    setNews(`Deleted: ${title}.`);
  };
  const leaveElsewhere = useEffectEvent((id: string | null) => {
    if (id === null) location.reload();
    else if (items.some(({ generation }) => generation.id === id)) leave(id);
  });
  useEffect(() => onRemovedElsewhere((id) => leaveElsewhere(id)), []);

  const fill = (input: Record<string, unknown>, parentId: string | null) => {
    form.current?.fill(input);
    parentage.fill(input, parentId);
  };
  const actions = useGenerationActions({
    show,
    press: (input, parentId) => isNewAgain(performance.now()) && press(input, parentId),
    fill,
    onPicture,
    onContinue:
      onContinue &&
      ((generation) => {
        const goOn = onContinue(generation);
        const title = titleOfClip(items, generation.id, model);
        return (lastFrame) => {
          const rest = goOn(lastFrame) ? "its settings are kept" : "what you have written meanwhile is kept";
          setNews(`Continues ${title}: its last frame is the first picture now, and ${rest}.`);
        };
      }),
    onShow: async (id) => {
      const isKnown = items.some(({ generation }) => generation.id === id) || (await find(id));
      if (isKnown) showOnStage(id);
      else setNote("That clip could not be found.");
    },
    focus: (field) => form.current?.focus(field),
    find,
    say: setNote,
    send: sender.send,
    discard: (id) => {
      // The next one's key stands where this one's was.
      if (!isNewDiscard(performance.now())) return;
      sender.discard(id);
      setStageId(items.find(({ generation }) => generation.id !== id)?.generation.id ?? null);
    },
    onRemoved: leave,
  });

  const refusals = useMemo(() => {
    const error = onStage?.generation.error ?? null;
    if (!onStage || !error) return [];
    return refusalsOf(error, onStage.generation.input);
  }, [onStage]);

  return (
    <main className="work" data-first={items.length === 0 || undefined}>
      {onStage && <h1 className="sr-only">Create</h1>}
      <FormPanel
        ref={form}
        model={model}
        isSandbox={isSandbox}
        isOutdated={isOutdated && onStage?.origin !== "outdated"}
        refusals={refusals}
        spend={spend}
        booked={bookedOf(generations, refused)}
        onPress={(input) => isNewPress(performance.now()) && press(input, parentage.parentOf(input))}
      >
        <Continues parentage={parentage} titleOf={(id) => titleOfClip(items, id, model)} />
      </FormPanel>
      <Result
        shown={onStage}
        model={model}
        upstreamName={isSandbox ? "the sandbox" : "MindVideo"}
        actions={actions}
        family={onStage && familyOf(items, onStage, model)}
        // The card of a press that was not let in says it already, and has the way on.
        remark={
          note || (onStage?.origin === "locked" ? null : <Remark trouble={trouble} isSandbox={isSandbox && !onStage} />)
        }
      >
        <FirstSight
          clip={firstClipOf(model)}
          starters={startersOf(model)}
          onUse={(input) => {
            fill(input, null);
            form.current?.focus(null);
          }}
        />
      </Result>
      <Filmstrip items={items} currentId={stageId} model={model} news={news} onShow={showOnStage} />
    </main>
  );
}

/** Names what money is booked for: what was taken on, accepted, ended or refused. */
const bookedOf = (generations: Generation[], refused: Shown[]): string =>
  [
    generations.length,
    generations.filter(({ acceptedAt }) => acceptedAt !== null).length,
    generations.filter(({ status }) => isFinal(status)).length,
    refused[0]?.generation.id,
  ].join(" ");
