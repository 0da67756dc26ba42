/** What the chosen files make of the recipe, in words and as two small frames: none, one or both filled. */
export function ModeBadge({ mode }: { mode: string }) {
  const filled = mode.startsWith("Text") ? 0 : mode.startsWith("Image to") ? 1 : 2;
  return (
    <span className="mode">
      <i aria-hidden="true">
        <b data-on={filled > 0 || undefined} />
        <b data-on={filled > 1 || undefined} />
      </i>
      {mode}
    </span>
  );
}
