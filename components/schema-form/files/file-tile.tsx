"use client";
import { useState } from "react";
import { Icon } from "@/components/ui/icon";
import { previewPath } from "@/lib/uploads/schema";

type FileTileProps = {
  address: string;
  /** What the file is for: "First frame", "Image 2". */
  role: string;
  noun: string;
  onRemove: () => void;
  onEarlier?: () => void;
};

/** One chosen file: its picture through our server, so that the page loads nothing from strangers; else its host. */
export function FileTile({ address, role, noun, onRemove, onEarlier }: FileTileProps) {
  const [isBroken, setIsBroken] = useState(false);
  const hasPreview = noun === "image" && /^https?:/i.test(address) && !isBroken;
  const name = role.toLowerCase();
  return (
    <div className="relative min-w-0">
      <div className="relative grid aspect-video place-items-center overflow-hidden rounded-frame bg-slot text-ink-2">
        {hasPreview ? (
          // biome-ignore lint/performance/noImgElement: our own route has shrunk it already.
          <img
            src={previewPath(address)}
            alt={role}
            className="absolute inset-0 size-full object-contain"
            onError={() => setIsBroken(true)}
          />
        ) : (
          <span className="flex flex-col items-center gap-1 px-2 text-center type-note">
            <Icon name="picture" />
            {isBroken ? "No picture found here" : ""}
          </span>
        )}
        <button
          type="button"
          className="absolute top-1 right-1 grid size-6 place-items-center rounded-key bg-[#0c0c0cc9] text-[#f3f3f3] hover:bg-[#0c0c0c]"
          aria-label={`Remove ${name}`}
          onClick={onRemove}
        >
          <Icon name="x" />
        </button>
        {onEarlier && (
          <button
            type="button"
            className="absolute top-1 left-1 grid size-6 place-items-center rounded-key bg-[#0c0c0cc9] text-[#f3f3f3] hover:bg-[#0c0c0c]"
            aria-label={`Move ${name} one place earlier`}
            onClick={onEarlier}
          >
            <Icon name="swap" />
          </button>
        )}
      </div>
      <div className="flex items-baseline gap-2 pt-1.5 type-note" title={address.slice(0, 500)}>
        <span className="flex-none">{role}</span>
        <span className="ml-auto truncate type-micro text-ink-3">{hostOf(address)}</span>
      </div>
    </div>
  );
}

function hostOf(address: string): string {
  if (address.startsWith("data:")) return "inline";
  return URL.canParse(address) ? new URL(address).host : address.slice(0, 40);
}
