/** Stands in for `markdown-to-jsx`, 30 KB that RJSF imports and uses only for markdown descriptions, which are off. */
export function Markdown({ children }: { children?: string }) {
  return children ?? null;
}
export default Markdown;
