/** The name of the place, which leads to its front page. The mark: two brackets around a needle, a frame and its time. */
export function Brand() {
  return (
    <a className="brand" href="/" aria-label="MindVideo Playground">
      <svg viewBox="0 0 22 16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
        <path d="M.75 4.5V.75H4.5M17.5.75h3.75V4.5M21.25 11.5v3.75H17.5M4.5 15.25H.75V11.5" />
        <path d="M8.5 3v10" stroke="var(--signal)" strokeWidth="2" />
      </svg>
      <span>
        MindVideo <b>Playground</b>
      </span>
    </a>
  );
}
