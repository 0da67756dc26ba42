import type { ReactNode } from "react";

/** Sixteen by sixteen, drawn with strokes of 1.5; the names say what a picture shows, not where it is used. */
const SHAPES = {
  alert: <path d="M8 2.25 14.25 13H1.75zM8 6.5v3M8 11.25v.01" strokeLinejoin="round" />,
  again: <path d="M13 8a5 5 0 1 1-1.5-3.6M13 2.5V5.2h-2.7" />,
  bell: <path d="M4 11V7a4 4 0 0 1 8 0v4l1 .75H3zM6.75 13.75h2.5" strokeLinejoin="round" />,
  camera: (
    <path d="M2 5h3l1-1.75h4L11 5h3v8H2zM8 6.75a2.25 2.25 0 1 0 0 4.5 2.25 2.25 0 0 0 0-4.5z" strokeLinejoin="round" />
  ),
  check: <path d="m3.5 8.5 3 3 6-7" />,
  clock: <path d="M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5zM8 5v3.25l2 1.25" />,
  copy: <path d="M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3" strokeLinejoin="round" />,
  crop: <path d="M4.5 1.5v10h10M1.5 4.5h10v10" />,
  dice: (
    <>
      <path d="M3 3h10v10H3z" strokeLinejoin="round" />
      <path d="M5.75 5.75h.01M10.25 10.25h.01M10.25 5.75h.01M5.75 10.25h.01" strokeWidth="2" strokeLinecap="round" />
    </>
  ),
  down: <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
  enter: <path d="M13 3.5V9H3.5M6.25 6.25 3.5 9l2.75 2.75" />,
  full: <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />,
  grip: <path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" strokeWidth="2" strokeLinecap="round" />,
  link: (
    <path d="m6.25 9.75 3.5-3.5M7 4.75l1.25-1.25a3 3 0 0 1 4.25 4.25L11.25 9M9 11.25 7.75 12.5A3 3 0 0 1 3.5 8.25L4.75 7" />
  ),
  loop: (
    <path d="M3 8V6.5A1.5 1.5 0 0 1 4.5 5H13M11 2.5 13.5 5 11 7.5M13 8v1.5a1.5 1.5 0 0 1-1.5 1.5H3M5 8.5 2.5 11 5 13.5" />
  ),
  minus: <path d="M3 8h10" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" strokeLinecap="round" />,
  moon: <path d="M12.5 9.5A5.25 5.25 0 1 1 6.5 3.5a4.25 4.25 0 0 0 6 6z" strokeLinejoin="round" />,
  mute: <path d="M2.5 6.25v3.5H5l3.5 2.75v-9L5 6.25zM11 6.5l3 3M14 6.5l-3 3" strokeLinejoin="round" />,
  next: <path d="M4.5 4v8L10 8zM12 4v8" fill="currentColor" />,
  on: <path d="M2.5 3.5v9M5.5 8H13M10 5l3 3-3 3" />,
  pause: <path d="M5 3.5v9M11 3.5v9" strokeWidth="2.5" />,
  picture: <path d="M2.5 3h11v10h-11zM2.5 11l3.25-3.25L8.5 10.5l2-2 3 3" strokeLinejoin="round" />,
  play: <path d="M4.5 3v10l8-5z" fill="currentColor" strokeLinejoin="round" />,
  plus: <path d="M8 3v10M3 8h10" />,
  previous: <path d="M11.5 4v8L6 8zM4 4v8" fill="currentColor" />,
  right: <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />,
  save: <path d="M8 2.5V10M4.75 7 8 10.25 11.25 7M3 13.25h10" />,
  screen: <path d="M2.5 3.5h11v7.5h-11zM6 13.5h4" strokeLinejoin="round" />,
  sound: <path d="M2.5 6.25v3.5H5l3.5 2.75v-9L5 6.25zM11 6q1.5 2 0 4M12.8 4q3 4 0 8" strokeLinejoin="round" />,
  star: <path d="m8 2.3 1.75 3.7 4 .5-2.95 2.8.75 4L8 11.3l-3.55 2 .75-4L2.25 6.5l4-.5z" strokeLinejoin="round" />,
  sun: (
    <path d="M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  ),
  swap: <path d="M2.5 5.5h10M10 3l2.75 2.5L10 8M13.5 10.5h-10M6 8l-2.75 2.5L6 13" />,
  undo: <path d="M3 6h6.5a3.5 3.5 0 0 1 0 7H6M5.75 3 3 6l2.75 3" />,
  x: <path d="m4 4 8 8M12 4l-8 8" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

/** A picture beside a word, or inside a button that has a name of its own: hidden from screen readers. */
export function Icon({ name, className = "" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={16}
      height={16}
      aria-hidden="true"
      className={`flex-none ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="square"
    >
      {SHAPES[name]}
    </svg>
  );
}
