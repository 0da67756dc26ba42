"use client";

import { Icon } from "@/components/ui/icon";
import { PopSheet } from "@/components/ui/pop-sheet";
import { useLazy } from "@/components/ui/use-lazy";
import type { Generation } from "@/lib/generations/schema";
import { firstPicture } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";
import { sharePath } from "@/lib/shares/schema";

const loadShare = async () => (await import("@/components/sharing/share-dialog")).ShareDialog;
const loadDelete = async () => (await import("@/components/sharing/delete-dialog")).DeleteDialog;

type Props = {
  generation: Generation;
  model: Model;
  onChange: (generation: Generation) => void;
  onRemoved: (id: string) => void;
};

/** What is done with a finished clip less often: its own page, sharing, deleting. */
export function MoreMenu({ generation, model, onChange, onRemoved }: Props) {
  const share = useLazy(loadShare);
  const remove = useLazy(loadDelete);
  const hasPictures = firstPicture(model, generation.input) !== null;
  return (
    <>
      <PopSheet label="More" icon="more">
        {(close) => (
          <>
            <a className="key" href={sharePath(generation.id, null)}>
              <Icon name="screen" />
              Its own page
            </a>
            <button
              type="button"
              className="key"
              onClick={() => {
                close();
                void share.open();
              }}
            >
              <Icon name="link" />
              Share…
            </button>
            <button
              type="button"
              className="key"
              onClick={() => {
                close();
                void remove.open();
              }}
            >
              <Icon name="x" />
              Delete…
            </button>
          </>
        )}
      </PopSheet>
      {share.Part && (
        <share.Part generation={generation} hasPictures={hasPictures} onChange={onChange} onClose={share.close} />
      )}
      {remove.Part && (
        <remove.Part generation={generation} onRemoved={() => onRemoved(generation.id)} onClose={remove.close} />
      )}
    </>
  );
}
