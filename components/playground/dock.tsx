"use client";

import { useSyncExternalStore } from "react";
import { SpendCost } from "@/components/playground/spend-cost";
import { SpendLine } from "@/components/playground/spend-line";
import { UploadWaitLine } from "@/components/playground/upload-wait-line";
import type { SpendOf } from "@/components/playground/use-spend";
import type { UploadWait } from "@/components/playground/use-upload-wait";
import { Icon } from "@/components/ui/icon";

const never = () => () => {};
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

type Props = {
  isSandbox: boolean;
  isOutdated: boolean;
  wait: UploadWait;
  spend: SpendOf;
  onGenerate: () => void;
};

const SPEND_ID = "spend";

/** Where a clip is asked for. The only signal-coloured thing beside the needle. */
export function Dock({ isSandbox, isOutdated, wait, spend, onGenerate }: Props) {
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
      <SpendLine id={SPEND_ID} isSandbox={isSandbox} {...spend} />
      <button
        type="button"
        className="go"
        data-waiting={wait.isWaiting || undefined}
        aria-describedby={SPEND_ID}
        aria-keyshortcuts="Control+Enter Meta+Enter"
        disabled={!isAlive}
        onClick={onGenerate}
      >
        {wait.isWaiting ? "Stop waiting" : "Generate"}
        {!wait.isWaiting && <SpendCost isSandbox={isSandbox} {...spend} />}
        <span className="go__keys" aria-hidden="true">
          {hasCommandKey ? "⌘" : "Ctrl"} <Icon name="enter" />
        </span>
      </button>
    </div>
  );
}
