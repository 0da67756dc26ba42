"use client";

import { useSyncExternalStore } from "react";
import { UploadWaitLine } from "@/components/playground/upload-wait-line";
import type { UploadWait } from "@/components/playground/use-upload-wait";
import { Icon } from "@/components/ui/icon";

const never = () => () => {};
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

type Props = { isSandbox: boolean; isOutdated: boolean; wait: UploadWait; onGenerate: () => void };

/** Where a clip is asked for. The only signal-coloured thing beside the needle. */
export function Dock({ isSandbox, isOutdated, wait, onGenerate }: Props) {
  const hasCommandKey = useSyncExternalStore(never, isMac, () => false);
  // A press nobody hears would be lost.
  const isAlive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <div className="dock">
      {isOutdated && (
        <p className="notice" role="alert">
          A new version is here. What you typed and pressed is kept.
          <button type="button" className="key key--small" onClick={() => location.reload()}>
            Reload
          </button>
        </p>
      )}
      <UploadWaitLine {...wait} />
      {isSandbox && <p className="dock__row">No charge in the sandbox</p>}
      <button
        type="button"
        className="go"
        data-waiting={wait.isWaiting || undefined}
        aria-keyshortcuts="Control+Enter Meta+Enter"
        disabled={!isAlive}
        onClick={onGenerate}
      >
        {wait.isWaiting ? "Stop waiting" : "Generate"}
        {isSandbox && !wait.isWaiting && (
          <span className="go__cost" aria-hidden="true">
            no charge
          </span>
        )}
        <span className="go__keys" aria-hidden="true">
          {hasCommandKey ? "⌘" : "Ctrl"} <Icon name="enter" />
        </span>
      </button>
    </div>
  );
}
