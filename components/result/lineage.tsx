import type { Family } from "@/components/result/family";
import { Icon } from "@/components/ui/icon";

/** Where a clip stands in a chain: keys that lead to the clip before it, and to the newest one after it. */
export function Lineage({ family: { parent, children }, onShow }: { family: Family; onShow: (id: string) => void }) {
  const [newest] = children;
  if (!parent && !newest) return null;
  return (
    <div className="lineage">
      {parent && (
        <button type="button" className="key key--bare" title={parent.title} onClick={() => onShow(parent.id)}>
          <Icon name="link" />
          <span>
            Continues <b>{parent.title}</b>
          </span>
        </button>
      )}
      {newest && (
        <button type="button" className="key key--bare" onClick={() => onShow(newest)}>
          <Icon name="on" />
          <span>{children.length === 1 ? "Continued by 1 clip" : `Continued by ${children.length} clips`}</span>
        </button>
      )}
    </div>
  );
}
