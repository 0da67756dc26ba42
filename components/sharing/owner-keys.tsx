"use client";

import { useEffect, useState } from "react";
import { DeleteKey } from "@/components/sharing/delete-key";
import { onRemovedElsewhere } from "@/components/sharing/removals-elsewhere";
import { Icon } from "@/components/ui/icon";
import { useLazy } from "@/components/ui/use-lazy";
import type { Generation } from "@/lib/generations/schema";
import { firstPicture } from "@/lib/models/rules";
import type { Model } from "@/lib/models/schema";

const loadShare = async () => (await import("@/components/sharing/share-dialog")).ShareDialog;

/** What the owner can do on a clip's own page. */
export function OwnerKeys({ generation: initial, model }: { generation: Generation; model: Model | null }) {
  const [generation, setGeneration] = useState(initial);
  const { Part, open, close } = useLazy(loadShare);
  const { id } = initial;
  useEffect(() => onRemovedElsewhere((removed) => (removed ?? id) === id && location.reload()), [id]);
  const hasPictures = model !== null && firstPicture(model, generation.input) !== null;
  return (
    <>
      <p className="told">
        {generation.shared ? "Whoever has the link can see this page." : "Only you can see this page."}
      </p>
      <button type="button" className="key" onClick={open}>
        <Icon name="link" />
        Share…
      </button>
      <DeleteKey generation={generation} onRemoved={() => location.assign("/")} />
      {Part && <Part generation={generation} hasPictures={hasPictures} onChange={setGeneration} onClose={close} />}
    </>
  );
}
