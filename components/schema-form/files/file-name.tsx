const TAIL_LETTERS = 10;
/** One letter is one code unit here; asking Intl for more costs a slow phone 50 ms the first time. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * A name on one line. Where it is too long its middle goes: names differ at their ends. It stands by itself, so that
 * a name written from right to left turns nothing around it.
 */
export function FileName({ name, className = "" }: { name: string; className?: string }) {
  const letters = PLAIN.test(name)
    ? name.split("")
    : [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  const head = letters.slice(0, -TAIL_LETTERS).join("");
  return (
    <bdi dir="auto" title={name.slice(0, 500)} className={`flex w-fit min-w-0 max-w-full whitespace-pre ${className}`}>
      {head !== "" && <span className="overflow-hidden text-ellipsis">{head}</span>}
      <span className="flex-none overflow-hidden">{letters.slice(-TAIL_LETTERS).join("")}</span>
    </bdi>
  );
}
