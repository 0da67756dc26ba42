import type { ResultActions } from "@/components/result/result-actions";
import { Icon } from "@/components/ui/icon";
import type { Generation } from "@/lib/generations/schema";

/** What keeps a finished clip or its recipe, at the right of the status bar. */
export function StageActions({ generation, actions }: { generation: Generation; actions: ResultActions }) {
  return (
    <div className="stage__acts">
      <button type="button" className="key key--bare" onClick={() => actions.onUse(generation)}>
        <Icon name="undo" />
        Use these settings
      </button>
      <button
        type="button"
        className="key key--bare key--icon star"
        aria-label="Star"
        aria-pressed={generation.favorite}
        aria-keyshortcuts="S"
        data-shortcut="s"
        onClick={() => actions.onFavorite(generation.id, !generation.favorite)}
      >
        <Icon name="star" />
      </button>
    </div>
  );
}
