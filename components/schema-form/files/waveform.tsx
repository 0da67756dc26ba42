const BARS = 28;
const HEIGHT = 32;

/** Stands for a sound that nobody has to listen to now: still, and the same for the same sound. */
export function Waveform({ seed }: { seed: string }) {
  let state = 7;
  for (const letter of seed.slice(0, 80)) state = (state * 31 + letter.charCodeAt(0)) >>> 0;
  const bars = Array.from({ length: BARS }, (_, index) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    const swell = Math.sin((Math.PI * (index + 1)) / (BARS + 1));
    const height = 2 + Math.round((HEIGHT - 2) * swell * (0.25 + (0.75 * (state >>> 16)) / 65_536));
    return `M${index * 4 + 1} ${(HEIGHT - height) / 2}v${height}`;
  });
  return (
    <svg viewBox={`0 0 ${BARS * 4 - 2} ${HEIGHT}`} aria-hidden="true" className="tile__wave">
      <path d={bars.join("")} />
    </svg>
  );
}
