"use client";

import { useLazy } from "@/components/ui/use-lazy";

const load = async () => (await import("@/components/sharing/your-work-dialog")).YourWorkDialog;

/** The key in the header behind which a visitor's work can be taken out or deleted, all at once. */
export function YourWork() {
  const { Part, open, close } = useLazy(load);
  return (
    <>
      <button type="button" className="key key--bare" onClick={open}>
        Your work
      </button>
      {Part && <Part onClose={close} />}
    </>
  );
}
