"use client";

import { Icon } from "@/components/ui/icon";
import { useLazy } from "@/components/ui/use-lazy";
import type { Generation } from "@/lib/generations/schema";

const load = async () => (await import("@/components/sharing/delete-dialog")).DeleteDialog;

type Props = { generation: Generation; onRemoved: () => void };

/** Deletes a generation, after asking. */
export function DeleteKey({ generation, onRemoved }: Props) {
  const { Part, open, close } = useLazy(load);
  return (
    <>
      <button type="button" className="key key--bare" onClick={open}>
        <Icon name="x" />
        Delete…
      </button>
      {Part && <Part generation={generation} onRemoved={onRemoved} onClose={close} />}
    </>
  );
}
