"use client";

import { useRef } from "react";
import { FrameMenu } from "@/components/frames/frame-menu";
import { DoneActions } from "@/components/result/done-actions";
import { Receipt } from "@/components/result/receipt";
import type { ResultActions } from "@/components/result/result-actions";
import { promptText } from "@/components/result/setting-cells";
import { VideoDeck } from "@/components/result/video-deck";
import type { Generation } from "@/lib/generations/schema";
import type { Model } from "@/lib/models/schema";

type Props = { generation: Generation; model: Model; upstreamName: string; actions: ResultActions };

/** What MindVideo made: a clip with its transport, or pictures. */
export function DoneDeck({ generation, model, upstreamName, actions }: Props) {
  const clip = generation.outputs.find((output) => output.kind === "video");
  const first = clip ?? generation.outputs[0];
  const video = useRef<HTMLVideoElement>(null);
  const receipt = (
    <div className="receipt">
      <Receipt generation={generation} model={model} upstreamName={upstreamName} />
      <DoneActions generation={generation} model={model} actions={actions} output={first ?? null} />
    </div>
  );
  if (clip) {
    const frames = actions.onPicture && (
      <FrameMenu
        url={clip.url}
        generationId={generation.id}
        model={model}
        video={video}
        onPicture={actions.onPicture}
      />
    );
    return <VideoDeck key={clip.url} url={clip.url} video={video} tools={frames} receipt={receipt} />;
  }
  return (
    <div className="deck">
      <div className="frame">
        {first ? (
          // biome-ignore lint/performance/noImgElement: it comes from our own route, at the size it was made
          <img src={first.url} alt={promptText(model, generation) ?? "Generated image"} />
        ) : (
          <div className="fate">
            <h2>No file came.</h2>
            <p className="told">The job is reported as done, without anything to show.</p>
          </div>
        )}
      </div>
      <div className="under">{receipt}</div>
    </div>
  );
}
