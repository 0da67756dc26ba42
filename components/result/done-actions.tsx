"use client";

import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { FrameKey } from "@/components/frames/frame-key";
import { frameFile, frameOf, imageOf } from "@/components/frames/frame-of";
import { TROUBLE_TEXT } from "@/components/frames/frame-trouble";
import { useFrameRead } from "@/components/frames/use-frame-read";
import { useSaid } from "@/components/frames/use-said";
import { DownloadKey } from "@/components/result/download-key";
import type { ResultActions } from "@/components/result/result-actions";
import { SeedQuestion } from "@/components/result/seed-question";
import { hasFixedSeed, withNewSeed } from "@/components/result/setting-cells";
import { MoreMenu } from "@/components/sharing/more-menu";
import { Icon } from "@/components/ui/icon";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";

type Output = Generation["outputs"][number];

type Props = { generation: Generation; model: Model; actions: ResultActions; output: Output | null };

/** What can be done with a finished clip or picture. */
export function DoneActions({ generation, model, actions, output }: Props) {
  const [isAsking, setAsking] = useState(false);
  const { reading, trouble, read } = useFrameRead<"last frame" | "picture">();
  const [said, say] = useSaid();
  const [downloadTrouble, setDownloadTrouble] = useState("");
  const againButton = useRef<HTMLButtonElement>(null);
  const isClip = output?.kind === "video";

  const again = (input: Record<string, unknown>) => {
    setAsking(false);
    actions.onAgain(generation, input);
  };
  const takeFrame = async ({ url }: Output) => {
    const goOn = isClip ? actions.onContinue?.(generation) : undefined;
    const picture = await read(isClip ? "last frame" : "picture", () => (isClip ? frameOf(url, "last") : imageOf(url)));
    if (!picture) return;
    const file = frameFile(picture, isClip ? "last-frame" : "image", generation.id);
    if (isClip) goOn?.(file);
    else say((await actions.onPicture?.(file)) ?? "");
  };

  if (isAsking) {
    return (
      <SeedQuestion
        onNewSeed={() => again(withNewSeed(model, generation.input))}
        onSameSeed={() => again(generation.input)}
        onLeave={() => {
          flushSync(() => setAsking(false));
          againButton.current?.focus();
        }}
      />
    );
  }
  const hasTrouble = trouble !== null || downloadTrouble !== "";
  const told = trouble ? TROUBLE_TEXT[trouble] : downloadTrouble || said;
  return (
    <>
      <p className={told ? "receipt__told" : "sr-only"} data-trouble={hasTrouble || undefined} aria-live="polite">
        {reading ? `Reading the ${reading}` : told}
      </p>
      <div className="acts">
        {output && <DownloadKey url={output.url} isKept={output.keep.state === "kept"} say={setDownloadTrouble} />}
        <button
          ref={againButton}
          type="button"
          className="key"
          aria-keyshortcuts="R"
          data-shortcut="r"
          onClick={() => (hasFixedSeed(model, generation.input) ? setAsking(true) : again(generation.input))}
        >
          <Icon name="again" />
          <span className="acts__again">
            <span>Generate </span>again
          </span>
          <span className="cap" aria-hidden="true">
            R
          </span>
        </button>
        {output && (isClip ? actions.onContinue : actions.onPicture) && (
          <FrameKey isClip={isClip} isReading={reading !== null} onPress={() => takeFrame(output)} />
        )}
        <MoreMenu generation={generation} model={model} onChange={actions.onChange} onRemoved={actions.onRemoved} />
      </div>
    </>
  );
}
