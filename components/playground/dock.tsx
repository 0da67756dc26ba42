"use client";

import { useSyncExternalStore } from "react";
import { Icon } from "@/components/ui/icon";

const never = () => () => {};
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

type Props = { isSandbox: boolean; isOutdated: boolean; onGenerate: () => void };

/** Where a clip is asked for. The only signal-coloured thing beside the needle. */
export function Dock({ isSandbox, isOutdated, onGenerate }: Props) {
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
      {isSandbox && <p className="dock__row">No charge in the sandbox</p>}
      <button
        type="button"
        className="go"
        aria-keyshortcuts="Control+Enter Meta+Enter"
        disabled={!isAlive}
        onClick={onGenerate}
      >
        Generate
        {isSandbox && (
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
